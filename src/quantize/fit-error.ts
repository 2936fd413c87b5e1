/**
 * @file How much of a float map an integer map fails to explain, channel by channel.
 *
 * Every channel gets an affine correction later, so only what no affine function of the integer can
 * give counts: `variance(f) * (1 - correlation(f, a)^2)`.
 */

/** Sums of both values and their products in each channel, relative to the first pixel. */
export interface FitSums {
  readonly channels: number;
  readonly origins: Float64Array;
  /** `f, a, f^2, a^2, f a`, five a channel. */
  readonly sums: Float64Array;
  pixels: number;
}

/** Begin comparing. */
export function startFit(channels: number): FitSums {
  return {
    channels,
    origins: new Float64Array(2 * channels),
    sums: new Float64Array(5 * channels),
    pixels: 0,
  };
}

/** Add one map of floats and the integers that stand for them, channels fastest. */
export function addToFit(fit: FitSums, floats: Float32Array, integers: Int32Array): void {
  const { channels, origins, sums } = fit;
  if (fit.pixels === 0) {
    for (let c = 0; c < channels; c++) {
      origins[2 * c] = floats[c];
      origins[2 * c + 1] = integers[c];
    }
  }
  for (let i = 0; i < floats.length; i += channels) {
    for (let c = 0; c < channels; c++) {
      const f = floats[i + c] - origins[2 * c];
      const a = integers[i + c] - origins[2 * c + 1];
      const at = 5 * c;
      sums[at] += f;
      sums[at + 1] += a;
      sums[at + 2] += f * f;
      sums[at + 3] += a * a;
      sums[at + 4] += f * a;
    }
  }
  fit.pixels += floats.length / channels;
}

/** The unexplained variance of each channel's floats; all of it where the integers do not vary. */
export function unexplainedVariance({ channels, sums, pixels }: FitSums): Float64Array {
  return Float64Array.from({ length: channels }, (_, c) => {
    const [f, a, ff, aa, fa] = sums.subarray(5 * c, 5 * c + 5).map((s) => s / pixels);
    const varianceF = Math.max(0, ff - f * f);
    const varianceA = aa - a * a;
    if (varianceA <= 0) return varianceF;
    return Math.max(0, varianceF - (fa - f * a) ** 2 / varianceA);
  });
}

/** The share of each channel's variance that an affine function of the integers gives: the squared correlation. */
export function explainedShare(fit: FitSums): Float64Array {
  const { sums, pixels } = fit;
  return unexplainedVariance(fit).map((unexplained, c) => {
    const variance = sums[5 * c + 2] / pixels - (sums[5 * c] / pixels) ** 2;
    return variance > 0 ? 1 - unexplained / variance : 0;
  });
}
