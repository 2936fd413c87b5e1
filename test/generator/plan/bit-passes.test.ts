import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bitPasses } from '../../../generator/plan/bit-passes.ts';

test('bitPasses() goes through the planes alone when there is one slice', () => {
  expect(bitPasses({ planes: 3, slices: 1 }, 4)).toEqual([
    { plane: 2, slice: 0, doubles: true },
    { plane: 1, slice: 0, doubles: true },
    { plane: 0, slice: 0, doubles: true },
  ]);
});

test('bitPasses() lets passes of equal weight follow each other without doubling', () => {
  // 3 planes, slices of 2 bits: exponents 4 3 2 2 1 0.
  expect(
    bitPasses({ planes: 3, slices: 2 }, 2).map((pass) => Object.values(pass).map(Number)),
  ).toEqual([
    [2, 1, 1],
    [1, 1, 1],
    [0, 1, 1],
    [2, 0, 0],
    [1, 0, 1],
    [0, 0, 1],
  ]);
});

test('bitPasses() weighs every plane and slice as Horner needs it', () => {
  const widths = fc.record({
    slices: fc.integer({ min: 1, max: 4 }),
    sliceWidth: fc.integer({ min: 2, max: 8 }),
    more: fc.nat(8),
  });
  fc.assert(
    fc.property(widths, ({ slices, sliceWidth, more }) => {
      const planes = slices > 1 ? sliceWidth + more : 1 + more;
      const passes = bitPasses({ planes, slices }, sliceWidth);
      const weights = new Map<string, number>();
      for (const { plane, slice, doubles } of passes) {
        if (doubles) for (const [key, weight] of weights) weights.set(key, 2 * weight);
        weights.set(`${plane},${slice}`, 1);
      }
      expect(passes).toHaveLength(planes * slices);
      expect(weights.size).toBe(planes * slices);
      for (let plane = 0; plane < planes; plane++) {
        for (let slice = 0; slice < slices; slice++) {
          expect(weights.get(`${plane},${slice}`)).toBe(2 ** (plane + sliceWidth * slice));
        }
      }
    }),
  );
});
