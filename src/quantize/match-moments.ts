import type { Moments } from '../kernels/moments.ts';

/** How an accumulator reads as a real: `raw ~ unit[c] * acc + constant[c]`. */
export interface Reading {
  readonly unit: Float64Array;
  readonly constant: Float64Array;
}

/** Half of the correlation that least squares would shrink by: the fourth root of its square. */
const SHRINKAGE = 0.25;
/** A unit moves at most this far: a channel that few images excite must not be stretched at will. */
const LARGEST_GAIN = 2;

/**
 * Correct a reading so that each channel's mean equals the float network's, and its variance lies half-way (in the
 * logarithm of the unit) between the float network's and its explained share.
 *
 * A channel's sums are signal and rounding noise. Equal variances take the noise for signal: the channel is right on the
 * average and too noisy. Least squares shrink by the correlation, a little more at each layer, until the last layers have
 * lost a tenth. Half of it is measurably better than either at 3 bits and no worse at 4 (docs/quantization.md).
 *
 * `float` are moments of the real sums, `integer` those of the accumulators on the same images, behind
 * layers that are corrected already; so this also takes up what earlier layers left over. A channel
 * that does not vary keeps its unit and is only centred.
 */
export function matchMoments({
  reading,
  float,
  integer,
  explained,
}: {
  readonly reading: Reading;
  readonly float: Moments;
  readonly integer: Moments;
  /** Squared correlation of both in each channel; 1 matches variances. */
  readonly explained: Float64Array;
}): Reading {
  const unit = reading.unit.map((u, c) => {
    const wanted = Math.sqrt(float.variance[c] / integer.variance[c]) * explained[c] ** SHRINKAGE;
    const isMeasurable = integer.variance[c] > 0 && float.variance[c] > 0;
    return isMeasurable ? Math.min(u * LARGEST_GAIN, Math.max(u / LARGEST_GAIN, wanted)) : u;
  });
  const constant = unit.map((u, c) => float.mean[c] - u * integer.mean[c]);
  return { unit, constant };
}
