import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bitPasses } from '../../../generator/plan/bit-passes.ts';
import type { ConvLayer } from '../../../src/quantize/types.ts';
import { tinyModel } from '../tiny-model.ts';

const classifier = tinyModel.layers[3] as ConvLayer;

/** Passes of a multiplying layer on an array of `bits` bits. */
function passesOf(options: {
  planes: number;
  codeWidth: number;
  bits: number;
  weights?: number;
  bitByBit?: boolean;
}) {
  const { planes, codeWidth, bits, weights = bits, bitByBit = true } = options;
  const array = { actWidth: bits, weightWidth: weights };
  return bitPasses({ layer: { ...classifier, planes }, codeWidth, array, bitByBit });
}

/** `exponent: bits of the code x planes`, with `.` before a pass that does not double. */
const spell = (options: Parameters<typeof passesOf>[0]) =>
  passesOf(options).map(({ read, plane, planes, exponent, doubles }) => {
    const code = read.spread ? `bit ${read.shift}` : `from ${read.shift}`;
    return `${doubles ? '' : '.'}${exponent}: ${code} x ${plane}+${planes}`;
  });

test('bitPasses() is one pass for adder layers and pools', () => {
  const array = { actWidth: 4, weightWidth: 4 };
  for (const layer of tinyModel.layers.slice(0, 3)) {
    expect(bitPasses({ layer, codeWidth: 4, array, bitByBit: true })).toHaveLength(1);
  }
});

test('bitPasses() goes through the planes alone when a code fits the array', () => {
  expect(spell({ planes: 3, codeWidth: 4, bits: 4 })).toEqual([
    '2: from 0 x 2+1',
    '1: from 0 x 1+1',
    '0: from 0 x 0+1',
  ]);
});

test('bitPasses() lets passes of equal weight follow each other without doubling', () => {
  // 3 planes, slices of 2 bits: exponents 4 3 2 2 1 0.
  expect(spell({ planes: 3, codeWidth: 4, bits: 2 })).toEqual([
    '4: from 2 x 2+1',
    '3: from 2 x 1+1',
    '2: from 2 x 0+1',
    '.2: from 0 x 2+1',
    '1: from 0 x 1+1',
    '0: from 0 x 0+1',
  ]);
});

test('bitPasses() takes the bits that a slice leaves over one by one, with many planes', () => {
  // 7 bits of the code with 8 planes, and one bit with 7 planes and with 1.
  expect(spell({ planes: 8, codeWidth: 8, bits: 7 })).toEqual([
    '8: from 1 x 7+1',
    '7: from 1 x 6+1',
    '.7: bit 0 x 7+1',
    '6: from 1 x 5+1',
    '5: from 1 x 4+1',
    '4: from 1 x 3+1',
    '3: from 1 x 2+1',
    '2: from 1 x 1+1',
    '1: from 1 x 0+1',
    '0: bit 0 x 0+7',
  ]);
  // Coarse weights cannot be every digit of 7 bits: 2 slices of 8 planes.
  expect(spell({ planes: 8, codeWidth: 8, bits: 7, weights: 6 })).toHaveLength(16);
  expect(spell({ planes: 8, codeWidth: 8, bits: 7, bitByBit: false })).toHaveLength(16);
});

test.each([
  // Full slices times 8 planes, and bits left over times digits of 8 planes: 4 * 8; 2 * 8 + 2 * 3; 2 * 8; ...
  [2, 32],
  [3, 22],
  [4, 16],
  [5, 14],
  [6, 12],
  [7, 10],
  [8, 8],
])('bitPasses() reads 8 bits with 8 planes on an array of %i bits in %i passes', (bits, count) => {
  expect(passesOf({ planes: 8, codeWidth: 8, bits })).toHaveLength(count);
});

test('bitPasses() adds planes until every exponent of a sliced layer has a pass', () => {
  // 3 planes, slices of 4 bits: without a fourth one nothing would count 2^3.
  expect(spell({ planes: 3, codeWidth: 8, bits: 4, weights: 2 })).toHaveLength(8);
});

test('bitPasses() weighs every bit of code and weight as Horner needs it', () => {
  const widths = fc.record({
    codeWidth: fc.integer({ min: 1, max: 8 }),
    bits: fc.integer({ min: 2, max: 8 }),
    weights: fc.integer({ min: 2, max: 8 }),
    planes: fc.integer({ min: 1, max: 12 }),
    bitByBit: fc.boolean(),
  });
  fc.assert(
    fc.property(widths, (options) => {
      const counts = new Map<string, number>();
      for (const { read, plane, planes, doubles } of passesOf(options)) {
        if (doubles) for (const [key, count] of counts) counts.set(key, 2 * count);
        expect(read.spread || planes === 1).toBe(true);
        for (let bit = 0; bit < read.bits; bit++) {
          for (let digit = 0; digit < planes; digit++) {
            const key = `${read.shift + bit},${plane + digit}`;
            counts.set(key, (counts.get(key) ?? 0) + 2 ** (bit + digit));
          }
        }
      }
      for (let bit = 0; bit < options.codeWidth; bit++) {
        for (let plane = 0; plane < options.planes; plane++) {
          expect(counts.get(`${bit},${plane}`)).toBe(2 ** (bit + plane));
        }
      }
    }),
  );
});
