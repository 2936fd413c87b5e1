import { fail } from '../../issues.ts';
import { updateParameters } from '../optimize/sgd.ts';
import type { Parameter, TrainSettings } from '../types.ts';
import { averageSlots, copyStatistics } from './average.ts';
import type { TrainState } from './train-state.ts';
import type { WorkerPool } from './worker-pool.ts';

/** What steps work on. */
export interface StepContext {
  readonly pool: WorkerPool;
  readonly layout: readonly Parameter[];
  readonly settings: TrainSettings;
  /** Updated in place. */
  readonly state: TrainState;
  /** The shards' gradients. */
  readonly slots: readonly Float32Array[];
  /** Whether running statistics stay as they are. */
  readonly frozen: boolean;
}

/** Take one step with the next images of the epoch: gradients of all shards, their mean, the optimizer. */
export async function trainStep(context: StepContext, rate: number): Promise<void> {
  const { pool, layout, settings, state, slots } = context;
  const { parameters, velocity, progress } = state;
  const { epoch, step } = progress;
  const start = performance.now();
  const results = await pool.run(
    slots.map((_, slot) => ({
      slot,
      epoch,
      first: step * settings.batch + slot * settings.shard,
    })),
  );
  const gradients = averageSlots(slots);
  updateParameters(layout, { parameters, velocity, gradients, rate, settings });
  if (!context.frozen) copyStatistics(layout, { from: gradients, to: parameters });
  for (const { loss, correct, agreeing } of results) {
    progress.lossSum += loss * settings.shard;
    progress.correct += correct;
    progress.agreeing += agreeing;
  }
  progress.step = step + 1;
  progress.seconds += (performance.now() - start) / 1000;
  if (!Number.isFinite(progress.lossSum)) {
    fail(
      `Cannot go on with training: the loss is no finite number at epoch ${epoch + 1}, step ${step + 1}`,
      `Lower the learning rate (--rate, it is ${settings.rate}), then start again`,
    );
  }
}
