/**
 * @file Mean and variance of each channel over many maps.
 *
 * Maps are folded in one by one by the pairwise update of Chan, Golub and LeVeque (1979): no large
 * squares are subtracted, and folding in a fixed order gives the same bits on any number of threads.
 */
import type { Values } from './engine.ts';

/** Population statistics of a map's channels. */
export interface Moments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** Statistics under way: `deviation` is the sum of squared distances from the mean. */
export interface PartialMoments {
  readonly count: number;
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** Statistics of no values. */
export function noMoments(channels: number): PartialMoments {
  return { count: 0, mean: new Float64Array(channels), deviation: new Float64Array(channels) };
}

/** Statistics of one map, channels last. */
export function mapMoments(values: Values, channels: number): PartialMoments {
  const { count, mean, deviation } = { ...noMoments(channels), count: values.length / channels };
  for (let at = 0; at < values.length; at += channels) {
    for (let c = 0; c < channels; c++) mean[c] += values[at + c];
  }
  for (let c = 0; c < channels; c++) mean[c] /= count;
  for (let at = 0; at < values.length; at += channels) {
    for (let c = 0; c < channels; c++) deviation[c] += (values[at + c] - mean[c]) ** 2;
  }
  return { count, mean, deviation };
}

/** Statistics of both sets of values together. */
export function mergeMoments(a: PartialMoments, b: PartialMoments): PartialMoments {
  const count = a.count + b.count;
  if (count === 0) return a;
  return {
    count,
    mean: a.mean.map((mean, c) => mean + ((b.mean[c] - mean) * b.count) / count),
    deviation: a.deviation.map(
      (deviation, c) =>
        deviation + b.deviation[c] + ((b.mean[c] - a.mean[c]) ** 2 * a.count * b.count) / count,
    ),
  };
}

/** Finish: divide by the number of values. */
export function finishMoments({ count, mean, deviation }: PartialMoments): Moments {
  return { mean, variance: deviation.map((sum) => sum / count) };
}
