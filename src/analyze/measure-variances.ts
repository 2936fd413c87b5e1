import { type FloatBatch, nodeMoments } from '../kernels/evaluate-float.ts';
import type { Moments } from '../kernels/moments.ts';
import { findLayers, mapsOf } from './find-layers.ts';
import type { LayerVariance } from './types.ts';
import { predictVariance, varianceGivenWeights } from './variance-laws.ts';

/** Variances of every layer with weights over a batch of images, beside the predictions of eq 7 and eq 8. */
export async function measureVariances(batch: FloatBatch): Promise<readonly LayerVariance[]> {
  const layers = findLayers(batch.model);
  const moments = await nodeMoments({ ...batch, nodes: mapsOf(layers) });
  return layers.map(({ name, kind, terms, input, weight }) => {
    const read = pool(moments.get(input)!);
    const written = pool(moments.get(name)!);
    const weights = momentsOf(weight.data);
    return {
      layer: name,
      kind,
      terms,
      input: { mean: read.mean, variance: read.variance },
      weight: weights,
      predicted: predictVariance({
        kind,
        terms,
        inputVariance: read.variance,
        weightVariance: weights.variance,
      }),
      givenWeights: varianceGivenWeights({
        kind,
        terms,
        inputVariance: read.variance,
        weightSquare: weights.variance + weights.mean ** 2,
      }),
      measured: written.variance,
      withinChannels: written.within,
    };
  });
}

/** All channels as one set of values: its variance is that within the channels plus that of their means. */
function pool({ mean: means, variance: variances }: Moments) {
  const within = average(variances);
  const { mean, variance: between } = momentsOf(means);
  return { mean, variance: within + between, within };
}

function momentsOf(values: Float32Array | Float64Array) {
  const mean = average(values);
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, variance: squares / values.length };
}

function average(values: Float32Array | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
