/**
 * @file Random affine constants whose outputs are mostly inside the clamp bounds.
 */
import { maxActOperand, weightOperand } from '../src/fixed/operand.ts';
import type { Affine, Residual } from '../src/quantize/types.ts';
import type { RandomSource } from './random-source.ts';

/** The output's code, as `QuantizedLayer` has it. */
export interface OutputCode {
  readonly clampLow: number;
  readonly clampHigh: number;
  readonly outWidth: number;
  readonly outSigned: boolean;
}

/** A map's code. */
export interface MapCode {
  readonly width: number;
  readonly zeroPoint: number;
}

/** Where a channel's accumulator lies. */
export interface ExpectedSum {
  readonly centre: number;
  readonly spread: number;
}

/** Where each channel's accumulator lies when input codes are spread evenly: centre and about one deviation. */
export function expectedSums(layer: {
  readonly actWidth: number;
  readonly weightWidth: number;
  readonly kind: string;
  readonly weights: Int16Array | undefined;
  readonly taps: number;
  readonly channels: number;
  /** Bits of the input's codes, less those that an adder layer drops. */
  readonly inputWidth: number;
}): ExpectedSum[] {
  const { actWidth, weightWidth, kind, weights, taps, channels, inputWidth } = layer;
  const widths = { actWidth, weightWidth };
  const top = kind === 'adder' ? maxActOperand(widths) : 2 ** inputWidth - 1;
  return Array.from({ length: channels }, (_, c) => {
    if (kind === 'maxPool') return { centre: top * (taps / (taps + 1)), spread: top / (taps + 1) };
    if (kind === 'sumPool')
      return { centre: (top * taps) / 2, spread: top * 0.29 * Math.sqrt(taps) };
    let centre = 0;
    let variance = 0;
    for (const w of weights!.subarray(c * taps, (c + 1) * taps)) {
      if (kind === 'conv') {
        centre += (w * top) / 2;
        variance += (w * top * 0.29) ** 2;
      } else {
        const t = weightOperand(w, widths) / top;
        // The mean of |x - t| for x even over 0..1 is t^2 - t + 1/2; its deviation is 0.14 to 0.29.
        centre += Math.abs(t * t - t + 0.5) * top;
        variance += (top * 0.25) ** 2;
      }
    }
    return { centre, spread: Math.max(1, Math.sqrt(variance)) };
  });
}

/** Draw a layer's affine constants, and its residual's when it has a shortcut. */
export function drawConstants(
  random: RandomSource,
  draft: {
    readonly sums: readonly ExpectedSum[];
    readonly output: OutputCode;
    readonly shortcut: (MapCode & { readonly name: string }) | undefined;
  },
): { readonly affine: Affine; readonly residual: Residual | undefined } {
  const { sums, output, shortcut } = draft;
  const range = output.clampHigh - output.clampLow;
  const mean = new Int32Array(sums.length);
  const mult = new Int32Array(sums.length);
  const shift = new Uint8Array(sums.length);
  const bias = new Float64Array(sums.length);
  const residualMult = new Int32Array(sums.length);
  sums.forEach(({ centre, spread }, c) => {
    const gain = (range / (5 * spread)) * (random.integer(40, 200) / 100);
    // The finest shift that keeps the multiplier below 2^15, or a coarser one.
    const finest = Math.max(0, Math.min(22, Math.floor(Math.log2(32767 / gain))));
    const steps = Math.max(0, finest - random.pick([0, 0, 0, 1, 3, 6]));
    const size = Math.min(32767, Math.max(1, Math.round(gain * 2 ** steps)));
    shift[c] = steps;
    mult[c] = random.chance(0.04) ? 0 : random.chance(0.3) ? -size : size;
    mean[c] = Math.round(centre * (random.integer(70, 130) / 100)) + random.integer(-5, 5);
    const target = (output.clampLow + range * (random.integer(30, 70) / 100)) * 2 ** steps;
    let offset = (centre - mean[c]) * mult[c];
    if (shortcut) {
      const share = (range / 2 ** shortcut.width) * (random.integer(-60, 60) / 100);
      const limit = 2 ** 23 - 1;
      residualMult[c] = Math.max(-limit, Math.min(limit, Math.round(share * 2 ** steps)));
      offset += (2 ** (shortcut.width - 1) - shortcut.zeroPoint) * residualMult[c];
    }
    bias[c] = Math.round(target - offset) + random.integer(-9, 9);
  });
  const residual = shortcut && {
    input: shortcut.name,
    zeroPoint: shortcut.zeroPoint,
    mult: residualMult,
  };
  return { affine: { mean, mult, shift, bias }, residual };
}
