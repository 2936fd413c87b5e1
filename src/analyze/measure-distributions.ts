import { type FloatBatch, traceFloat } from '../kernels/evaluate-float.ts';
import { mapMoments } from '../kernels/moments.ts';
import { inferShapes } from '../model/infer-shapes.ts';
import type { FloatModel } from '../model/types.ts';
import { findLayers } from './find-layers.ts';
import { fitDistribution } from './fit-distribution.ts';
import type { LayerDistributions } from './types.ts';

/** Most images whose maps are looked at value by value: millions of values say no more than hundred thousands. */
const MOST_IMAGES = 16;
/** Most values of kept maps together, 128 MiB. */
const MOST_VALUES = 2 ** 25;
/** A channel varies when its deviation is more than this part of its mean: less is rounding in single precision. */
const CONSTANT = 1e-5;

/** Images of `count` whose maps `measureDistributions` keeps. */
export function tracedImages(model: FloatModel, count: number): number {
  const shapes = inferShapes(model);
  const values = keptMaps(model)
    .map((name) => shapes.get(name)!.reduce((product, size) => product * size, 1))
    .reduce((sum, size) => sum + size, 0);
  return Math.max(1, Math.min(count, MOST_IMAGES, Math.floor(MOST_VALUES / values)));
}

/** Distributions of every layer's weights, and of its sums and features over all images of the batch. */
export async function measureDistributions(
  batch: FloatBatch,
): Promise<readonly LayerDistributions[]> {
  const maps = await traceFloat({ ...batch, keep: keptMaps(batch.model) });
  const shapes = inferShapes(batch.model);
  return findLayers(batch.model).map(({ name, kind, weight, batchNorm }) => {
    const channels = shapes.get(name)![2];
    const { values, constantChannels } = standardize(maps.get(name)!, channels);
    return {
      layer: name,
      kind,
      weights: fitDistribution(weight.data),
      ...(values.length === 0 ? {} : { sums: fitDistribution(values) }),
      ...(batchNorm === undefined ? {} : { features: fitDistribution(maps.get(batchNorm)!) }),
      constantChannels,
    };
  });
}

function keptMaps(model: FloatModel): readonly string[] {
  return findLayers(model).flatMap(({ name, batchNorm }) =>
    batchNorm === undefined ? [name] : [name, batchNorm],
  );
}

/** Channels with mean 0 and deviation 1, without those that do not vary. */
function standardize(map: Float32Array, channels: number) {
  const { count, mean, deviation } = mapMoments(map, channels);
  const scales = deviation.map((sum) => Math.sqrt(sum / count));
  const varying = Array.from({ length: channels }, (_, c) => c).filter(
    (c) => scales[c] > CONSTANT * Math.abs(mean[c]) && scales[c] > 0,
  );
  const values = new Float32Array(count * varying.length);
  let next = 0;
  for (let at = 0; at < map.length; at += channels) {
    for (const c of varying) values[next++] = (map[at + c] - mean[c]) / scales[c];
  }
  return { values, constantChannels: channels - varying.length };
}
