/**
 * @file The loop: epochs of steps, each step some shards computed by threads, averaged, and one step of the optimizer.
 *
 * A shard is a fixed number of images with a batch normalization of their own. Its gradient depends on the parameters
 * and its images alone, and gradients are summed in the order of the shards: the result does not depend on the number
 * of threads. All randomness is a function of seed, epoch and image, so that a run can go on from any `TrainState`.
 */
import { availableParallelism } from 'node:os';
import type { FloatModel } from '../../model/types.ts';
import type { BackendName } from '../backend.ts';
import { fillEpochOrder } from '../data/epoch-order.ts';
import { type LabelledImages, shareImages } from '../data/training-set.ts';
import type { FakeQuantization } from '../network/fake-quantization.ts';
import { stepRate } from '../optimize/schedule.ts';
import type { Parameter, TrainSettings } from '../types.ts';
import { type EpochSummary, type StepEvent, stepEvent, stepsOf, summarizeEpoch } from './events.ts';
import { sharedFloats, startEpoch, type TrainState } from './train-state.ts';
import { trainStep } from './train-step.ts';
import { startWorkers } from './worker-pool.ts';

/** What a training run is told and tells. */
export interface TrainerRequest {
  /** The network's shape and normalization; its numbers are those of `state`. */
  readonly model: FloatModel;
  /** The network to learn from, where `settings.distill` asks for one. */
  readonly teacher?: FloatModel | undefined;
  readonly layout: readonly Parameter[];
  /** Where to go on; updated in place. */
  readonly state: TrainState;
  /** Checked before (`checkTraining`). */
  readonly settings: TrainSettings;
  readonly training: LabelledImages;
  /** All the machine can run at once when not given; more than a batch has shards are of no use. */
  readonly threads?: number | undefined;
  readonly backend?: BackendName | undefined;
  /** Round maps and adder weights as the integer network will. */
  readonly quantization?: FakeQuantization | undefined;
  /** Stops after the running step. */
  readonly signal?: AbortSignal | undefined;
  /** Told once, when the threads are ready. */
  readonly onStart?: (backend: BackendName) => Promise<void> | void;
  readonly onStep?: (event: StepEvent) => Promise<void> | void;
  /** All steps of an epoch are done; `state` still counts it as running. */
  readonly onEpoch?: (summary: EpochSummary) => Promise<void> | void;
  /** `state` counts the epoch as done. */
  readonly onEpochDone?: () => Promise<void> | void;
}

/**
 * Train from `state` to the end; all threads have ended when this returns or throws.
 *
 * Returns false when `signal` stopped it before; `state` then is where to go on.
 */
export async function runTraining(request: TrainerRequest): Promise<boolean> {
  const { layout, settings, state, signal } = request;
  const training = shareImages(request.training);
  const order = new Int32Array(new SharedArrayBuffer(4 * training.count));
  const shards = settings.batch / settings.shard;
  const slots = Array.from({ length: shards }, () => sharedFloats(state.parameters.length));
  const { model, teacher, backend, quantization } = request;
  const { parameters, progress } = state;
  const pool = await startWorkers(
    { model, teacher, settings, training, parameters, order, slots, backend, quantization },
    Math.min(request.threads ?? availableParallelism(), shards),
  );
  try {
    await request.onStart?.(pool.backend);
    const steps = stepsOf(settings, training.count);
    const { epochs, seed } = settings;
    const context = { pool, layout, settings, state, steps, slots, quantization };
    const rateAt = ({ epoch, step }: { epoch: number; step: number }) =>
      stepRate(settings, { epoch, step, steps });
    while (progress.epoch < epochs) {
      const { epoch } = progress;
      fillEpochOrder(order, { seed, epoch });
      while (progress.step < steps) {
        if (signal?.aborted) return false;
        await trainStep(context, rateAt(progress));
        await request.onStep?.(stepEvent(progress, { settings, steps }));
      }
      await request.onEpoch?.(
        summarizeEpoch(progress, { settings, rate: rateAt({ epoch, step: 0 }) }),
      );
      if (signal?.aborted) return false;
      startEpoch(progress, epoch + 1);
      await request.onEpochDone?.();
    }
    return true;
  } finally {
    await pool.end();
  }
}
