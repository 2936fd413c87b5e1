import type { QuantizedLayer } from '../quantize/types.ts';

/** Largest double below which every integer is exact, with a bit to spare for the sum of two. */
const EXACT = 2 ** 53;

/**
 * Lay out a layer's constants for the kernel `requantize`: for every pair of channels
 * `mult, offset, residual mult, 2^-shift`, two doubles each, channels filled up to four.
 *
 * All constant terms of `u` and rounding's half are one integer, `offset`: with them
 * `floor((u + 2^(shift-1)) / 2^shift)` is one product, two sums and a floor, each exact in doubles
 * while it stays below 2^53 (checked for the offset; the types bound the rest by 2^52).
 */
export function affineTable({ name, affine, residual, outputShape }: QuantizedLayer): Float64Array {
  const channels = outputShape[2];
  const table = new Float64Array(Math.ceil(channels / 4) * 16);
  for (let c = 0; c < channels; c++) {
    const mult = affine.mult[c];
    const shift = affine.shift[c];
    const residualMult = residual ? residual.mult[c] : 0;
    const half = shift === 0 ? 0 : 2 ** (shift - 1);
    const fromResidual = residual ? residual.zeroPoint * residualMult : 0;
    const offset = affine.bias[c] - affine.mean[c] * mult - fromResidual + half;
    if (!(Math.abs(offset) < EXACT)) {
      throw new Error(`internal: layer "${name}" has an offset of ${offset} in channel ${c}`);
    }
    const at = Math.floor(c / 2) * 8 + (c % 2);
    table[at] = mult;
    table[at + 2] = offset;
    table[at + 4] = residualMult;
    table[at + 6] = 2 ** -shift;
  }
  return table;
}
