import { fail } from '../../issues.ts';
import { holdWeights } from '../network/clamp-weights.ts';
import type { FakeQuantization } from '../network/fake-quantization.ts';
import { updateByAdam } from '../optimize/adam.ts';
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
  /** Steps of an epoch. */
  readonly steps: number;
  /** The shards' gradients. */
  readonly slots: readonly Float32Array[];
  /** With it running statistics stay as they are, and adder weights within their ranges. */
  readonly quantization?: FakeQuantization | undefined;
}

/** Take one step with the next images of the epoch: gradients of all shards, their mean, the optimizer. */
export async function trainStep(context: StepContext, rate: number): Promise<void> {
  const { pool, layout, settings, state, slots } = context;
  const { parameters, progress } = state;
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
  update(context, gradients, rate);
  if (context.quantization !== undefined) holdWeights(layout, context.quantization, parameters);
  else copyStatistics(layout, { from: gradients, to: parameters });
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

function update(
  { layout, settings, state, steps }: StepContext,
  gradients: Float32Array,
  rate: number,
): void {
  const { parameters, velocity, squares, progress } = state;
  const flat = { parameters, velocity, gradients, rate };
  if (settings.optimizer === 'sgd') {
    updateParameters(layout, { ...flat, settings });
    return;
  }
  const { affineRate } = settings;
  const taken = progress.epoch * steps + progress.step;
  updateByAdam(layout, { ...flat, squares, affineRate, taken });
}
