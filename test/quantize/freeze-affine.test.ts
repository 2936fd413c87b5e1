import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postOp } from '../../src/golden/post-op.ts';
import type { Issue } from '../../src/issues.ts';
import { type FreezeInputs, freezeAffine } from '../../src/quantize/freeze-affine.ts';
import type { LoweredLayer } from '../../src/quantize/lowered.ts';
import type { PoolLayer } from '../../src/quantize/types.ts';

const lowered: LoweredLayer = {
  name: 'layer',
  kind: 'adder',
  input: 'input',
  inputShape: [1, 1, 1],
  outputShape: [1, 1, 1],
  kernel: [1, 1],
  stride: 1,
  padding: 0,
  weights: new Float32Array(1),
  scale: Float64Array.of(-0.5),
  offset: Float64Array.of(100),
  residual: { input: 'earlier', scale: Float64Array.of(1) },
  isRectified: false,
  hasBatchNorm: true,
  raw: { node: 'layer', factor: -1 },
  node: 'layer',
};

function inputsOf(change: Partial<FreezeInputs> & { readonly layer?: LoweredLayer }): FreezeInputs {
  return {
    layer: lowered,
    reading: { unit: Float64Array.of(0.02), constant: Float64Array.of(7) },
    centre: Int32Array.of(10_000),
    largestAcc: 20_000,
    output: { width: 8, step: 0.05, zeroPoint: 3, lowCode: 0, highCode: 255 },
    residual: { width: 8, step: 0.1, zeroPoint: 8, lowCode: 0, highCode: 255 },
    ...change,
  };
}

describe('freezeAffine()', () => {
  it('takes the largest shift at which the multiplier fits', () => {
    const issues: Issue[] = [];
    const { affine, residual } = freezeAffine(inputsOf({}), issues);
    // gain = -0.5 * 0.02 / 0.05 = -0.2; -0.2 * 2^17 = -26214.4, one bit more would pass 32767.
    expect(affine.shift[0]).toBe(17);
    expect(affine.mult[0]).toBe(-26214);
    // residual gain = 0.1 / 0.05 = 2.
    expect(residual).toEqual({ input: 'earlier', zeroPoint: 8, mult: Int32Array.of(2 ** 18) });
    // At the centre: (-0.5 * (0.02 * 10000 + 7) + 100) / 0.05 + 3 = -70 + 3 = -67.
    expect(affine.bias[0]).toBe(-67 * 2 ** 17);
    expect(issues).toEqual([]);
  });

  it('lowers the shift when the residual needs it', () => {
    const { affine, residual } = freezeAffine(
      inputsOf({ residual: { width: 8, step: 50, zeroPoint: 0, lowCode: 0, highCode: 255 } }),
      [],
    );
    // 50 / 0.05 = 1000 times 2^13 is 8,192,000 < 2^23 = 8,388,608.
    expect(affine.shift[0]).toBe(13);
    expect(residual!.mult[0]).toBe(8_192_000);
  });

  it('reports a channel whose gain does not fit', () => {
    const issues: Issue[] = [];
    const layer = { ...lowered, scale: Float64Array.of(1e6) };
    freezeAffine(inputsOf({ layer }), issues);
    expect(issues).toHaveLength(1);
    // 1e6 * 0.02 / 0.05 = 400,000.
    expect(issues[0].problem).toMatch(
      /^Cannot quantize layer "layer": channel 0 needs a gain of 4\.000e\+5 .*32767/,
    );
  });

  it('stays within half a code and the rounding of the multiplier when constants are random', () => {
    const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({
          scale: real(-3, 3),
          offset: real(-200, 200),
          unit: real(0.001, 0.1),
          constant: real(-1000, 1000),
          centre: fc.integer({ min: 0, max: 20_000 }),
          acc: fc.integer({ min: 0, max: 20_000 }),
          code: fc.nat(255),
        }),
        ({ scale, offset, unit, constant, centre, acc, code }) => {
          const inputs = inputsOf({
            layer: { ...lowered, scale: Float64Array.of(scale), offset: Float64Array.of(offset) },
            reading: { unit: Float64Array.of(unit), constant: Float64Array.of(constant) },
            centre: Int32Array.of(centre),
          });
          const issues: Issue[] = [];
          const frozen = freezeAffine(inputs, issues);
          expect(issues).toEqual([]);
          const layer = { ...frozen, clampLow: -1e9, clampHigh: 1e9 } as unknown as PoolLayer;
          const real = (scale * (unit * acc + constant) + offset + 0.1 * (code - 8)) / 0.05 + 3;
          const found = postOp(layer, acc, 0, code);
          // mult is off by 1/2 at most, on a deviation of acc from the centre; bias and residual likewise.
          const rounding = (Math.abs(acc - centre) + 255 + 1) / 2 / 2 ** frozen.affine.shift[0];
          expect(Math.abs(found - real)).toBeLessThanOrEqual(0.5 + rounding + 1e-6);
        },
      ),
    );
  });
});
