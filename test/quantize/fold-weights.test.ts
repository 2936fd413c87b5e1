import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actOperand, weightOperand } from '../../src/fixed/operand.ts';
import { foldWeights, largestAcc } from '../../src/quantize/fold-weights.ts';
import type { LoweredLayer } from '../../src/quantize/lowered.ts';
import { codingOf } from '../../src/quantize/map-coding.ts';

/** A 1x1 layer of the given weights: `channels` outputs. */
function layerOf(
  kind: LoweredLayer['kind'],
  weights: readonly number[],
  channels = 1,
): LoweredLayer {
  const inputs = weights.length / channels;
  return {
    name: 'layer',
    kind,
    input: 'input',
    inputShape: [1, 1, Math.max(1, inputs)],
    outputShape: [1, 1, channels],
    kernel: [1, 1],
    stride: 1,
    padding: 0,
    weights: Float32Array.from(weights),
    scale: new Float64Array(channels).fill(1),
    offset: new Float64Array(channels),
    isRectified: false,
    hasBatchNorm: false,
    raw: { node: 'layer', factor: 1 },
    node: 'layer',
  };
}

describe('foldWeights()', () => {
  it('clamps adder weights to the range and keeps what it cut off when they lie outside', () => {
    // Codes 0..255 are 0..2.55 in steps of 0.01 (low 0).
    const input = codingOf({ low: 0, high: 2.55 }, 8);
    const folded = foldWeights(layerOf('adder', [-7, 1.5, 9, 0.124]), input, {
      actWidth: 8,
      weightWidth: 8,
    });
    expect([...folded.weights]).toEqual([0, 150, 255, 12]);
    // 7 below zero and 9 - 2.55 = 6.45 above the range.
    expect(folded.constant[0]).toBeCloseTo(13.45, 5);
    expect(folded.unit[0]).toBeCloseTo(0.01, 12);
    expect(folded.clampedShare).toBe(0.5);
  });

  it('moves the range when it reaches below zero', () => {
    // 16 codes over -1..2: steps of 0.2, zero is code 5.
    const input = codingOf({ low: -1, high: 2 }, 4);
    expect(input.zeroPoint).toBe(5);
    const folded = foldWeights(layerOf('adder', [-1.5, 0, 2.4]), input, {
      actWidth: 4,
      weightWidth: 4,
    });
    expect([...folded.weights]).toEqual([0, 5, 15]);
    expect(folded.constant[0]).toBeCloseTo(0.5 + 0.4, 5);
  });

  it('uses a finer grid when weights are wider than activations', () => {
    // Activations in steps of 0.2 are operands 0, 4, .. 60: weights get steps of 0.05.
    const folded = foldWeights(layerOf('adder', [0.36, 5]), codingOf({ low: 0, high: 3 }, 4), {
      actWidth: 4,
      weightWidth: 6,
    });
    expect([...folded.weights]).toEqual([7, 60]);
    expect(folded.unit[0]).toBeCloseTo(0.05, 12);
    expect(folded.constant[0]).toBeCloseTo(2, 5);
  });

  it('takes the nearest of the operands that exist when weights are narrower', () => {
    // 4-bit codes widened to 8 bits are multiples of 17: 0.90 is operand 90, 85 = 5 * 17 is nearest.
    const folded = foldWeights(
      layerOf('adder', [0.9, 0.94, 2.55]),
      codingOf({ low: 0, high: 2.55 }, 8),
      {
        actWidth: 8,
        weightWidth: 4,
      },
    );
    expect([...folded.weights]).toEqual([5, 6, 15]);
  });

  it('reads accumulators as the real sums when weights and inputs lie on the grid', () => {
    const width = fc.integer({ min: 4, max: 8 });
    fc.assert(
      fc.property(
        fc.record({ actWidth: width, weightWidth: width }),
        fc.double({ min: -3, max: 0, noNaN: true }),
        fc.double({ min: 0.5, max: 3, noNaN: true }),
        fc.array(fc.tuple(fc.nat(255), fc.nat(255), fc.boolean()), { minLength: 1, maxLength: 40 }),
        (widths, low, high, draws) => {
          const input = codingOf({ low, high }, widths.actWidth);
          const fine = input.step / 2 ** Math.max(0, widths.weightWidth - widths.actWidth);
          const zero = actOperand(input.zeroPoint, widths);
          const codes = draws.map(([x]) => x % 2 ** widths.actWidth);
          const weights = draws.map(([, w, isOutside]) =>
            isOutside
              ? w % 2 === 0
                ? -10 - w
                : 10 + w
              : (weightOperand(w % 2 ** widths.weightWidth, widths) - zero) * fine,
          );
          const folded = foldWeights(layerOf('adder', weights), input, widths);
          const acc = codes.reduce(
            (sum, code, k) =>
              sum + Math.abs(actOperand(code, widths) - weightOperand(folded.weights[k], widths)),
            0,
          );
          const real = codes.reduce(
            (sum, code, k) => sum + Math.abs(input.step * (code - input.zeroPoint) - weights[k]),
            0,
          );
          // Weights are single precision: 40 terms of at most 300 with 24 bits.
          expect(folded.unit[0] * acc + folded.constant[0]).toBeCloseTo(real, 2);
        },
      ),
    );
  });

  it('takes the zero point out of products and sums', () => {
    const input = codingOf({ low: -1, high: 2 }, 4);
    const conv = foldWeights(layerOf('conv', [255, -255]), input, { actWidth: 4, weightWidth: 4 });
    // Step 1: W = 255, -255, which sum to 0.
    expect([...conv.weights]).toEqual([255, -255]);
    expect(conv.unit[0]).toBeCloseTo(0.2, 12);
    expect(conv.constant[0]).toBeCloseTo(0, 12);
    const pool = { ...layerOf('sumPool', []), kernel: [2, 2] as const };
    const sum = foldWeights(pool, input, { actWidth: 4, weightWidth: 4 });
    // Four taps of zero are four times code 5.
    expect(sum.unit[0] * 20 + sum.constant[0]).toBeCloseTo(0, 12);
    const max = foldWeights({ ...pool, kind: 'maxPool' }, input, { actWidth: 4, weightWidth: 4 });
    expect(max.unit[0] * 5 + max.constant[0]).toBeCloseTo(0, 12);
  });
});

describe('largestAcc()', () => {
  it('is the sum that the largest codes make', () => {
    const input = codingOf({ low: 0, high: 2 }, 4);
    const bound = (layer: LoweredLayer, weightWidth: number) => {
      const widths = { actWidth: 4, weightWidth };
      return largestAcc(layer, foldWeights(layer, input, widths), input, widths);
    };
    // Three terms of at most 15, or of at most 63 when weights have 6 bits.
    expect(bound(layerOf('adder', [0, 1, 2]), 4)).toBe(45);
    expect(bound(layerOf('adder', [0, 1, 2]), 6)).toBe(189);
    // The second channel's weights are 255, 255: 510 * 15.
    expect(bound(layerOf('conv', [1, 0.001, 1, 1], 2), 4)).toBe(7650);
    expect(bound({ ...layerOf('sumPool', []), kernel: [3, 2] }, 4)).toBe(90);
  });
});
