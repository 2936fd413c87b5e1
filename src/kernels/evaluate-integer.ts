import { type Progress, silent } from '../progress.ts';
import type { QuantizedModel } from '../quantize/types.ts';
import type { Tap } from './engine.ts';
import type { Job, Network } from './job.ts';
import { outputOf } from './job.ts';
import type { Moments } from './moments.ts';
import { runBatch } from './pool.ts';

/** An integer network and images: `count` of them, bytes, `[height, width, channels]` each. */
export interface IntegerBatch {
  readonly model: QuantizedModel;
  readonly images: Uint8Array;
  readonly count: number;
  /** Worker threads; all the machine can run at once when not given. */
  readonly threads?: number;
  readonly progress?: Progress;
}

/** Run a batch through the integer network and return its output codes, `[count, outputs]`; exact. */
export async function evaluateInteger(batch: IntegerBatch): Promise<Int32Array> {
  const output = outputOf(networkOf(batch));
  const maps = await traceInteger({ ...batch, keep: [output] });
  return maps.get(output)!;
}

/**
 * Run a batch and return the maps of the layers in `keep` (`input`: the image's codes).
 *
 * Each is `[count, height, width, channels]`: output codes, or with `stage: 'accumulator'` the sums
 * before the affine step. Layers after the last kept one are not computed.
 */
export async function traceInteger(
  batch: IntegerBatch & { readonly keep: readonly string[]; readonly stage?: Tap['stage'] },
): Promise<Map<string, Int32Array>> {
  const taps = batch.keep.map((name) => ({ name, stage: batch.stage ?? 'output' }));
  const { maps } = await run(batch, taps, 'maps');
  return new Map(batch.keep.map((name, i) => [name, maps[i] as Int32Array]));
}

/**
 * Mean and variance of each channel's accumulator in `layers`, over all images and pixels.
 *
 * Memory does not grow with the batch, and the result does not depend on the number of threads.
 */
export async function accumulatorMoments(
  batch: IntegerBatch & { readonly layers: readonly string[] },
): Promise<Map<string, Moments>> {
  return momentsOf(batch, batch.layers, 'accumulator');
}

/** The same of output codes; `input` is allowed. */
export async function codeMoments(
  batch: IntegerBatch & { readonly layers: readonly string[] },
): Promise<Map<string, Moments>> {
  return momentsOf(batch, batch.layers, 'output');
}

async function momentsOf(
  batch: IntegerBatch,
  layers: readonly string[],
  stage: Tap['stage'],
): Promise<Map<string, Moments>> {
  const taps = layers.map((name) => ({ name, stage }));
  const { moments } = await run(batch, taps, 'moments');
  return new Map(layers.map((name, i) => [name, moments[i]]));
}

const networkOf = ({ model }: IntegerBatch): Network => ({ kind: 'integer', model });

function run(batch: IntegerBatch, taps: readonly Tap[], collect: Job['collect']) {
  const job: Job = { network: networkOf(batch), taps, collect };
  const { images, count, threads, progress = silent } = batch;
  return runBatch({ job, images, count, progress, ...(threads === undefined ? {} : { threads }) });
}
