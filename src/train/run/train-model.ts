/**
 * @file A whole training: from a starting network and images to a trained `FloatModel`, kept on disk so that it can go on
 * after an interruption as if there had been none.
 */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail, throwIfAny } from '../../issues.ts';
import { evaluateFloat } from '../../kernels/evaluate-float.ts';
import { top1 } from '../../kernels/top1.ts';
import { elementCount } from '../../model/element-count.ts';
import { inferShapes } from '../../model/infer-shapes.ts';
import { checkModelTarget, FLOAT_FORMAT } from '../../model/model-folder.ts';
import { writeModel } from '../../model/store.ts';
import type { FloatModel } from '../../model/types.ts';
import type { BackendName } from '../backend.ts';
import type { TrainingData } from '../data/open-training-data.ts';
import { checkTraining } from '../data/training-set.ts';
import type { FakeQuantization } from '../network/fake-quantization.ts';
import { flattenParameters, parametersOf, withParameters } from '../network/parameters.ts';
import type { TrainSettings } from '../types.ts';
import type { StepEvent } from './events.ts';
import { compareIdentities, identityOf, type RunIdentity } from './run-identity.ts';
import { initialState, type TrainState } from './train-state.ts';
import { runTraining } from './trainer.ts';
import {
  closeTrainingFolder,
  createTrainingFolder,
  isTrainingFolder,
  type LogEntry,
  logFile,
  readIdentity,
  readProgress,
  saveLog,
  saveState,
  trainingFolder,
} from './training-folder.ts';

/** A network, how and on what to train it, and where the result goes. */
export interface TrainModelRequest {
  readonly recipe: string;
  /** The network with its first weights. */
  readonly model: FloatModel;
  /** Where those come from: `random`, or the digest of a model. */
  readonly start: string;
  readonly settings: TrainSettings;
  readonly data: TrainingData;
  /** Model folder to write; `<output>.training` keeps the run until then, `<output>.log.jsonl` its log afterwards. */
  readonly output: string;
  /** Go on with the run that is kept for this output. */
  readonly resume: boolean;
  readonly threads?: number | undefined;
  readonly backend?: BackendName | undefined;
  readonly quantization?: FakeQuantization | undefined;
  /** Bits of `quantization`; 0 without. */
  readonly quantize: number;
  /** Report accuracy on the test images after every so many epochs (and the last); 0 for never. */
  readonly evaluateEvery: number;
  /** Stops after the running step, saved. */
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((event: StepEvent) => void) | undefined;
  readonly onEpoch?: ((entry: LogEntry, epochs: number) => void) | undefined;
}

/** How a training ended. */
export type TrainOutcome =
  | { readonly kind: 'finished'; readonly model: FloatModel; readonly log: readonly LogEntry[] }
  /** By the signal: what is done is kept. */
  | { readonly kind: 'stopped'; readonly epochsDone: number; readonly stepsDone: number };

/** A long epoch is saved in between, too. */
const SAVE_EVERY_MS = 300_000;

/** Thrown inside an evaluation that the signal ends. */
class Stopped extends Error {}

/**
 * Train a network and write it. Throws a `DesignError` for everything that can be known before the first step.
 *
 * The result is a function of the first weights, images, settings and backend: threads and interruptions do not matter.
 * Test images are looked at for the log only.
 */
export async function trainModel(request: TrainModelRequest): Promise<TrainOutcome> {
  const { model, settings, data, output, signal } = request;
  const { training, test } = data;
  checkTraining({ training, test, network: networkOf(model), settings });
  await checkModelTarget(output, FLOAT_FORMAT);
  await checkParent(output);
  const folder = trainingFolder(output);
  const layout = parametersOf(model);
  const resumed = await findRun(request, folder);
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
    layout,
    state,
    settings,
    training,
    threads: request.threads,
    backend: request.backend ?? (resumed?.backend as BackendName | undefined),
    quantization: request.quantization,
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
  const trained = withProvenance(withParameters(model, state.parameters), request, log);
  await writeModel(trained, output);
  await closeTrainingFolder(folder, logFile(output));
  return { kind: 'finished', model: trained, log };
}

function networkOf(model: FloatModel) {
  const { name, inputShape, nodes } = model;
  const shape = inferShapes(model).get(nodes.at(-1)!.name)!;
  return { name, inputShape, classes: elementCount(shape) };
}

async function checkParent(output: string): Promise<void> {
  const parent = dirname(output);
  const info = await stat(parent).catch(() => undefined);
  if (info?.isDirectory()) return;
  fail(
    `Cannot write model "${output}": there is no folder "${parent}"`,
    'Make the folder, or choose another output',
  );
}

/** The settings of the run to go on with; none for a new one. */
async function findRun(
  { resume, output }: TrainModelRequest,
  folder: string,
): Promise<RunIdentity | undefined> {
  const exists = await isTrainingFolder(folder);
  if (resume && exists) return readIdentity(folder);
  if (resume) {
    fail(
      `Cannot resume the training of "${output}": no run is kept in "${folder}"`,
      'Leave out --resume to begin one, or name the output of the run',
    );
  }
  if (exists) {
    fail(
      `Cannot begin to train "${output}": a run that has not ended is kept in "${folder}"`,
      'Add --resume to go on with it, or remove that folder',
    );
  }
  return undefined;
}

function runIdentity(request: TrainModelRequest, backend: string): RunIdentity {
  const { recipe, model, start, quantize, settings, data } = request;
  const network = model.arch;
  const { training } = data;
  return identityOf({ recipe, network, start, backend, quantize, settings, training });
}

/** Percent of test images that the network, as it is, has right; `undefined` when the signal came. */
async function evaluateTest(
  { model, data, threads, signal }: TrainModelRequest,
  { parameters }: TrainState,
): Promise<number | undefined> {
  const { images, labels, count } = data.test;
  try {
    const logits = await evaluateFloat({
      model: withParameters(model, parameters),
      images,
      count,
      progress: () => {
        if (signal?.aborted) throw new Stopped();
      },
      ...(threads === undefined ? {} : { threads }),
    });
    return top1(logits, labels, logits.length / count);
  } catch (error) {
    if (error instanceof Stopped) return undefined;
    throw error;
  }
}

function withProvenance(
  model: FloatModel,
  { recipe, settings, data, start, quantize }: TrainModelRequest,
  log: readonly LogEntry[],
): FloatModel {
  const last = log.at(-1);
  const { localRate, augmentation, weightGradient, epochs, batch, shard, rate, seed } = settings;
  const local = localRate.kind === 'adaptive' ? `eta ${localRate.eta}` : `x ${localRate.factor}`;
  const facts = {
    recipe,
    start,
    dataset: `${data.training.name}, ${data.training.count} training images`,
    settings: `${epochs} epochs, batch ${batch} in shards of ${shard}, rate ${rate} (cosine), momentum ${settings.momentum}, weight decay ${settings.weightDecay}`,
    adderLayers: `${weightGradient} gradient, ${localRate.kind} local rate, ${local}`,
    augmentation: `shift ${augmentation.shift}, flip ${augmentation.flip}`,
    seed: String(seed),
    ...(quantize > 0 && { fakeQuantization: `${quantize} bits` }),
    ...(last && { trainTop1: last.trainTop1.toFixed(2) }),
    ...(last?.testTop1 !== undefined && { testTop1: last.testTop1.toFixed(2) }),
  };
  return { ...model, provenance: { ...model.provenance, ...facts } };
}
