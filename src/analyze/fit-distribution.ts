/**
 * @file How values are distributed: a histogram, and which of two laws explains them better.
 *
 * The paper's picture: weights of a trained AdderNet look like a Laplace distribution, those of a convolution like a
 * normal one, as the l1 and l2 distance that they are trained with would have it. A picture can deceive; the
 * likelihood of the best fit of each law decides.
 */
import type { Distribution, Fits, Histogram } from './types.ts';

const CELLS = 60;
/** Share of the values beyond each end of the histogram. */
const TAIL = 0.001;

/** Describe the values; at least one, all finite. */
export function fitDistribution(values: Float32Array): Distribution {
  if (values.length === 0) throw new Error('internal: no values to describe');
  const sorted = values.slice().sort();
  const { mean, variance, fourth } = centralMoments(sorted);
  const deviation = Math.sqrt(variance);
  const fits = deviation > 0 ? fitBoth(sorted, { mean, deviation }) : undefined;
  return {
    count: sorted.length,
    min: sorted[0],
    max: sorted[sorted.length - 1],
    mean,
    deviation,
    excessKurtosis: variance > 0 ? fourth / variance ** 2 - 3 : 0,
    histogram: countCells(sorted),
    ...(fits === undefined ? {} : { fits }),
  };
}

function centralMoments(values: Float32Array) {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let second = 0;
  let fourth = 0;
  for (const value of values) {
    const square = (value - mean) ** 2;
    second += square;
    fourth += square * square;
  }
  return { mean, variance: second / values.length, fourth: fourth / values.length };
}

/**
 * Both laws at their most likely parameters: Laplace at the median with the mean distance from it as its scale b,
 * normal at mean and deviation. The mean log-likelihoods are then `-1 - ln(2 b)` and `-1/2 - ln(deviation sqrt(2 pi))`.
 */
function fitBoth(
  sorted: Float32Array,
  { mean, deviation }: { readonly mean: number; readonly deviation: number },
): Fits {
  const half = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  let distance = 0;
  for (const value of sorted) distance += Math.abs(value - median);
  const scale = distance / sorted.length;
  const laplace = -1 - Math.log(2 * scale);
  const normal = -0.5 - Math.log(deviation * Math.sqrt(2 * Math.PI));
  return {
    laplace: { median, scale, logLikelihood: laplace },
    normal: { mean, deviation, logLikelihood: normal },
    better: laplace > normal ? 'laplace' : 'normal',
  };
}

function countCells(sorted: Float32Array): Histogram {
  const quantile = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  const low = quantile(TAIL);
  const high = quantile(1 - TAIL);
  const counts = new Array<number>(CELLS).fill(0);
  let below = 0;
  let above = 0;
  for (const value of sorted) {
    if (value < low) below++;
    else if (value > high) above++;
    // The uppermost value belongs to the last cell; equal values all to the first.
    else counts[Math.min(CELLS - 1, Math.floor(((value - low) / (high - low || 1)) * CELLS))]++;
  }
  return { low, high, counts, below, above };
}
