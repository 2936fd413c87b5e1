import type { Moments } from '../kernels/moments.ts';

/** How an accumulator reads as a real: `raw ~ unit[c] * acc + constant[c]`. */
export interface Reading {
  readonly unit: Float64Array;
  readonly constant: Float64Array;
}

/** A unit moves at most this far: a channel that few images excite must not be stretched at will. */
const LARGEST_GAIN = 2;

/**
 * Correct a reading so that each channel's mean and variance equal the float network's.
 *
 * `float` are moments of the real sums, `integer` those of the accumulators on the same images, behind
 * layers that are corrected already; so this also takes up what earlier layers left over. A channel
 * that does not vary keeps its unit and is only centred.
 */
export function matchMoments({
  reading,
  float,
  integer,
}: {
  readonly reading: Reading;
  readonly float: Moments;
  readonly integer: Moments;
}): Reading {
  const unit = reading.unit.map((u, c) => {
    const wanted = Math.sqrt(float.variance[c] / integer.variance[c]);
    const isMeasurable = integer.variance[c] > 0 && float.variance[c] > 0;
    return isMeasurable ? Math.min(u * LARGEST_GAIN, Math.max(u / LARGEST_GAIN, wanted)) : u;
  });
  const constant = unit.map((u, c) => float.mean[c] - u * integer.mean[c]);
  return { unit, constant };
}
