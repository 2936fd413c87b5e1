import { saturate } from '../fixed/round.ts';

/** Multiplying weights as odd integers. */
export interface OddWeights {
  readonly weights: Int16Array;
  /** Real size of 1 in each channel: `w ~ steps[c] * W`. */
  readonly steps: Float64Array;
}

/**
 * Round weights to the odd grid `-(2^planes - 1), .., -3, -1, 1, 3, .., 2^planes - 1`, a step a channel.
 *
 * An odd integer of n bit planes is a sum of `+-2^b`, which an adder array computes in n passes
 * (identity 4 of the brief). Each channel takes the step with the least squared error among shrunken
 * ranges: a rare large weight may be clipped for the sake of the others.
 * `weights` holds equally many values a channel, channel after channel. A channel of zeros gets a step
 * of 0, so that nothing it sums counts.
 */
export function oddWeights({
  weights,
  channels,
  planes,
}: {
  readonly weights: Float32Array;
  readonly channels: number;
  readonly planes: number;
}): OddWeights {
  const terms = weights.length / channels;
  const largestOdd = 2 ** planes - 1;
  const result = new Int16Array(weights.length);
  const steps = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    const channel = weights.subarray(c * terms, (c + 1) * terms);
    const largest = channel.reduce((a, w) => Math.max(a, Math.abs(w)), 0);
    let leastError = Infinity;
    for (let shrink = 0; shrink < 16; shrink++) {
      const step = ((1 - shrink / 32) * largest) / largestOdd;
      const error = channel.reduce((sum, w) => {
        const difference = w - step * roundToOdd(w, step, largestOdd);
        return sum + difference * difference;
      }, 0);
      if (error < leastError) {
        leastError = error;
        steps[c] = step;
      }
    }
    for (let k = 0; k < terms; k++) {
      result[c * terms + k] = roundToOdd(channel[k], steps[c], largestOdd);
    }
  }
  return { weights: result, steps };
}

function roundToOdd(w: number, step: number, largestOdd: number): number {
  if (step === 0) return 1;
  const odd = 2 * Math.floor(w / (2 * step)) + 1;
  return saturate(odd, -largestOdd, largestOdd);
}
