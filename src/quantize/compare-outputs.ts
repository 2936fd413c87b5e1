/**
 * @file How far a network's outputs are from the float network's, without labels.
 */
import { agreement } from './agreement.ts';

export interface Likeness {
  /** Percent of the images on which both have the same largest output. */
  readonly agreement: number;
  /** Mean Kullback-Leibler divergence of the classes' probabilities, in nats. */
  readonly divergence: number;
  /** Squared error of the outputs, each image's centred, as a share of their variance. */
  readonly error: number;
}

/** Compare outputs `[image, output]`; an integer output stands for `step` times itself. */
export function compareOutputs(
  float: Float32Array,
  integer: ArrayLike<number>,
  { count, step }: { readonly count: number; readonly step: number },
): Likeness {
  const size = float.length / count;
  let [divergence, error, variance] = [0, 0, 0];
  for (let image = 0; image < count; image++) {
    const at = (i: number) => image * size + i;
    const f = Array.from({ length: size }, (_, i) => float[at(i)]);
    const a = Array.from({ length: size }, (_, i) => step * integer[at(i)]);
    const [logF, logA] = [logShares(f), logShares(a)];
    const [meanF, meanA] = [mean(f), mean(a)];
    for (let i = 0; i < size; i++) {
      divergence += Math.exp(logF[i]) * (logF[i] - logA[i]);
      error += (f[i] - meanF - (a[i] - meanA)) ** 2;
      variance += (f[i] - meanF) ** 2;
    }
  }
  return {
    agreement: agreement(float, integer, count),
    divergence: divergence / count,
    error: variance > 0 ? error / variance : 0,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}

function logShares(values: readonly number[]): number[] {
  const largest = Math.max(...values);
  const sum = values.reduce((total, v) => total + Math.exp(v - largest), 0);
  return values.map((v) => v - largest - Math.log(sum));
}
