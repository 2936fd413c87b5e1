import type { FloatModel } from '../model/types.ts';
import { type Progress, silent } from '../progress.ts';
import type { Job, Network } from './job.ts';
import { outputOf } from './job.ts';
import type { Moments } from './moments.ts';
import { runBatch } from './pool.ts';

/** A float network and images: `count` of them, bytes, `[height, width, channels]` each. */
export interface FloatBatch {
  readonly model: FloatModel;
  readonly images: Uint8Array;
  readonly count: number;
  /** Worker threads; all the machine can run at once when not given. */
  readonly threads?: number;
  readonly progress?: Progress;
}

/**
 * Run a batch through the float network and return its outputs, `[count, outputs]`.
 *
 * Single precision on the fast kernels; the sums of a node differ from `runFloat`'s by rounding only.
 */
export async function evaluateFloat(batch: FloatBatch): Promise<Float32Array> {
  const output = outputOf(networkOf(batch));
  const maps = await traceFloat({ ...batch, keep: [output] });
  return maps.get(output)!;
}

/**
 * Run a batch and return the maps of the nodes in `keep` (`input`: the normalized image).
 *
 * Each is `[count, height, width, channels]`; nodes after the last kept one are not computed.
 */
export async function traceFloat(
  batch: FloatBatch & { readonly keep: readonly string[] },
): Promise<Map<string, Float32Array>> {
  const { maps } = await run(batch, batch.keep, 'maps');
  return new Map(batch.keep.map((name, i) => [name, maps[i] as Float32Array]));
}

/**
 * Mean and variance of each channel of the nodes in `nodes`, over all images and pixels.
 *
 * Memory does not grow with the batch, and the result does not depend on the number of threads.
 */
export async function nodeMoments(
  batch: FloatBatch & { readonly nodes: readonly string[] },
): Promise<Map<string, Moments>> {
  const { moments } = await run(batch, batch.nodes, 'moments');
  return new Map(batch.nodes.map((name, i) => [name, moments[i]]));
}

const networkOf = ({ model }: FloatBatch): Network => ({ kind: 'float', model });

function run(batch: FloatBatch, names: readonly string[], collect: Job['collect']) {
  const taps = names.map((name) => ({ name, stage: 'output' as const }));
  const job: Job = { network: networkOf(batch), taps, collect };
  const { images, count, threads, progress = silent } = batch;
  return runBatch({ job, images, count, progress, ...(threads === undefined ? {} : { threads }) });
}
