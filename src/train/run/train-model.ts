/**
 * @file A whole training: from a starting network and images to a trained `FloatModel`, kept on disk so that it can go on
 * after an interruption as if there had been none.
 */
import { throwIfAny } from '../../issues.ts';
import { elementCount } from '../../model/element-count.ts';
import { inferShapes } from '../../model/infer-shapes.ts';
import { writeModel } from '../../model/store.ts';
import type { FloatModel } from '../../model/types.ts';
import { checkTraining } from '../data/training-set.ts';
import { fakeQuantizationOf } from '../network/fake-quantization.ts';
import { flattenParameters, parametersOf, withParameters } from '../network/parameters.ts';
import { withRounding } from '../network/with-rounding.ts';
import { evaluateTest } from './evaluate-test.ts';
import { backendOf, checkOutput, findRun } from './find-run.ts';
import { withProvenance } from './provenance.ts';
import { compareIdentities, identityOf, type RunIdentity } from './run-identity.ts';
import type { TrainModelRequest } from './train-request.ts';
import { initialState } from './train-state.ts';
import { runTraining } from './trainer.ts';
import {
  closeTrainingFolder,
  createTrainingFolder,
  type LogEntry,
  logFile,
  readProgress,
  saveLog,
  saveState,
  trainingFolder,
} from './training-folder.ts';

/** How a training ended. */
export type TrainOutcome =
  | { readonly kind: 'finished'; readonly model: FloatModel; readonly log: readonly LogEntry[] }
  /** By the signal: what is done is kept. */
  | { readonly kind: 'stopped'; readonly epochsDone: number; readonly stepsDone: number };

/** A long epoch is saved in between, too. */
const SAVE_EVERY_MS = 300_000;

/**
 * Train a network and write it. Throws a `DesignError` for everything that can be known before the first step.
 *
 * The result is a function of the first weights, images, settings and backend: threads and interruptions do not matter.
 * Test images are looked at for the log only.
 */
export async function trainModel(request: TrainModelRequest): Promise<TrainOutcome> {
  const { model, settings, data, output, rounding, signal } = request;
  const { training, test } = data;
  checkTraining({ training, test, network: networkOf(model), settings });
  await checkOutput(output);
  const folder = trainingFolder(output);
  const layout = parametersOf(model);
  const resumed = await findRun(request);
  const initial = initialState(flattenParameters(model));
  const found = resumed === undefined ? undefined : await readProgress(folder, initial);
  const state = found?.state ?? initial;
  const log: LogEntry[] = [...(found?.log ?? [])];
  let savedAt = performance.now();
  const save = async (): Promise<void> => {
    await saveState(folder, state);
    savedAt = performance.now();
  };

  const finished = await runTraining({
    model,
    teacher: request.teacher?.model,
    layout,
    state,
    settings,
    training,
    threads: request.threads,
    backend: request.backend ?? backendOf(resumed),
    quantization: rounding && fakeQuantizationOf(model, rounding),
    signal,
    onStart: async (backend) => {
      const identity = runIdentity(request, backend);
      if (resumed !== undefined) throwIfAny(compareIdentities(resumed, identity));
      else await createTrainingFolder(folder, identity);
    },
    onStep: async (event) => {
      request.onStep?.(event);
      if (performance.now() - savedAt > SAVE_EVERY_MS) await save();
    },
    onEpoch: async (summary) => {
      await save();
      const { epoch } = summary;
      const last = epoch === settings.epochs;
      const every = request.evaluateEvery;
      const evaluate = every > 0 && (last || epoch % every === 0);
      const testTop1 = evaluate ? await evaluateTest(request, state) : undefined;
      if (signal?.aborted) return;
      const { seconds, imagesPerSecond, ...learnt } = summary;
      const tested = testTop1 === undefined ? {} : { testTop1 };
      const entry = { ...learnt, ...tested, seconds, imagesPerSecond };
      log.push(entry);
      await saveLog(folder, log);
      request.onEpoch?.(entry, settings.epochs);
    },
    onEpochDone: save,
  });
  if (!finished) {
    await save();
    const { epoch, step } = state.progress;
    return { kind: 'stopped', epochsDone: epoch, stepsDone: step };
  }
  const tuned = withRounding(withParameters(model, state.parameters), rounding);
  const trained = withProvenance(tuned, request, log);
  await writeModel(trained, output);
  await closeTrainingFolder(folder, logFile(output));
  return { kind: 'finished', model: trained, log };
}

function networkOf(model: FloatModel) {
  const { name, inputShape, nodes } = model;
  const shape = inferShapes(model).get(nodes.at(-1)!.name)!;
  return { name, inputShape, classes: elementCount(shape) };
}

function runIdentity(request: TrainModelRequest, backend: string): RunIdentity {
  const { recipe, model, start, quantize, settings, data } = request;
  const network = model.arch;
  const { training } = data;
  const teacher = request.teacher?.digest ?? 'none';
  return identityOf({ recipe, network, start, teacher, backend, quantize, settings, training });
}
