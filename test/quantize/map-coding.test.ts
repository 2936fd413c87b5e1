import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeInput, inputRange, normalizedBytes } from '../../src/quantize/code-input.ts';
import { codingOf, encode, operandCoding, outputCoding } from '../../src/quantize/map-coding.ts';

describe('codingOf()', () => {
  it('spreads the codes and gives zero one of them', () => {
    expect(codingOf({ low: 0, high: 3 }, 4)).toEqual({
      step: 0.2,
      width: 4,
      zeroPoint: 0,
      lowCode: 0,
      highCode: 15,
    });
    // 4 / 255 = 0.01569; 1 / 0.01569 = 63.75 -> 64.
    expect(codingOf({ low: -1, high: 3 }, 8).zeroPoint).toBe(64);
    expect(codingOf({ low: 0, high: 0 }, 8).step).toBe(1);
  });
});

describe('operandCoding()', () => {
  it('keeps zero exact when the zero point is a multiple of what is left away', () => {
    // 6 bits over -1 .. 3: steps of 4 / 63, zero at 15.75, of the multiples of 4 nearest to 16.
    const stored = codingOf({ low: -1, high: 3 }, 6, 4);
    expect(stored.zeroPoint).toBe(16);
    expect(operandCoding(stored, 2, 4)).toEqual({
      step: (4 / 63) * 4,
      width: 4,
      zeroPoint: 4,
      lowCode: 0,
      highCode: 15,
    });
    // One bit less: half the range, twice as fine.
    expect(operandCoding(stored, 1, 4)).toMatchObject({ step: (4 / 63) * 2, zeroPoint: 8 });
  });
});

describe('encode()', () => {
  it('keeps values of the range within half a step and clamps the others', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -4, max: 0, noNaN: true }),
        fc.double({ min: 0.1, max: 4, noNaN: true }),
        fc.integer({ min: 4, max: 8 }),
        fc.float({ min: -9, max: 9, noNaN: true }),
        (low, high, width, x) => {
          const coding = codingOf({ low, high }, width);
          const [code] = encode(Float32Array.of(x), coding);
          const { step, zeroPoint, highCode } = coding;
          const clipped = Math.min((highCode - zeroPoint) * step, Math.max(-zeroPoint * step, x));
          expect(Math.abs(step * (code - zeroPoint) - clipped)).toBeLessThanOrEqual(
            step / 2 + 1e-9,
          );
        },
      ),
    );
  });
});

describe('outputCoding()', () => {
  it('leaves room for four times the largest output', () => {
    const { step, zeroPoint, lowCode, highCode } = outputCoding(10);
    expect(highCode * step).toBeCloseTo(40, 9);
    expect([zeroPoint, lowCode, highCode]).toEqual([0, -32768, 32767]);
  });
});

describe('codeInput()', () => {
  it('tabulates every byte of every channel on one scale', () => {
    const normalization = { mean: [0.5, 0.2], std: [0.25, 0.4] };
    // Channel 0: -2 .. 2; channel 1: -0.5 .. 2.
    expect(inputRange(normalization)).toEqual({ low: -2, high: 2 });
    expect(normalizedBytes(normalization)).toHaveLength(512);
    const coding = codingOf({ low: -2, high: 2 }, 8);
    const model = {
      name: 'm',
      arch: 'm',
      inputShape: [1, 1, 2] as const,
      normalization,
      nodes: [],
      tensors: new Map(),
      provenance: {},
    };
    const { codes, zeroPoint } = codeInput(model, coding);
    // 2 / (4 / 255) = 127.5 -> 128.
    expect(zeroPoint).toBe(128);
    // Byte 0: channel 0 is -2 -> -127.5 -> -127 + 128 = 1 (halves upwards); channel 1 -0.5 -> -31.9 + 128 = 96.
    expect([codes[0], codes[255]]).toEqual([1, 255]);
    expect([codes[256], codes[511]]).toEqual([96, 255]);
  });
});
