import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MapShape } from '../../../src/model/types.ts';
import { fillInput, inputTable, variationOf } from '../../../src/train/data/augment.ts';

/** Bytes as they are. */
const plain = inputTable({ mean: [0], std: [1 / 255] });

function fill(image: number[], shape: MapShape, variation: Parameters<typeof fillInput>[1]) {
  const target = new Float32Array(image.length);
  const bytes = Uint8Array.from(image);
  const table = shape[2] === 1 ? plain : inputTable({ mean: [0, 0], std: [1 / 255, 1 / 255] });
  fillInput({ image: bytes, shape, table, target }, variation);
  expect([...bytes]).toEqual(image);
  return [...target].map((value) => Math.round(value));
}

// 1 2 3
// 4 5 6
const image = [1, 2, 3, 4, 5, 6];
const shape: MapShape = [2, 3, 1];

describe('fillInput()', () => {
  it.each([
    ['leaves an image alone', { rows: 0, cols: 0, mirrored: false }, [1, 2, 3, 4, 5, 6]],
    ['moves it up, black from below', { rows: 1, cols: 0, mirrored: false }, [4, 5, 6, 0, 0, 0]],
    ['moves it right', { rows: 0, cols: -1, mirrored: false }, [0, 1, 2, 0, 4, 5]],
    ['mirrors it', { rows: 0, cols: 0, mirrored: true }, [3, 2, 1, 6, 5, 4]],
    ['moves, then mirrors', { rows: -1, cols: 1, mirrored: true }, [0, 0, 0, 0, 3, 2]],
    ['moves all of it out', { rows: 2, cols: 3, mirrored: false }, [0, 0, 0, 0, 0, 0]],
  ])('fillInput() %s', (_, variation, expected) => {
    expect(fill(image, shape, variation)).toEqual(expected);
  });

  it('fillInput() keeps the channels of a pixel together', () => {
    expect(fill([1, 2, 3, 4], [1, 2, 2], { rows: 0, cols: 0, mirrored: true })).toEqual([
      3, 4, 1, 2,
    ]);
  });

  it('fillInput() normalizes what it shifts in like a black pixel', () => {
    const target = new Float32Array(2);
    const table = inputTable({ mean: [0.5], std: [0.25] });
    fillInput(
      { image: Uint8Array.of(255, 255), shape: [1, 2, 1], table, target },
      { rows: 0, cols: 1, mirrored: false },
    );
    // (1 - 0.5) / 0.25, (0 - 0.5) / 0.25
    expect([...target]).toEqual([2, -2]);
  });
});

describe('variationOf()', () => {
  it('variationOf() stays within the shift and depends on its arguments alone', () => {
    const key = fc.record({ seed: fc.nat(), epoch: fc.nat(400), index: fc.nat(60_000) });
    fc.assert(
      fc.property(key, fc.nat(5), fc.boolean(), (where, shift, flip) => {
        const variation = variationOf({ shift, flip }, where);
        expect(Math.abs(variation.rows)).toBeLessThanOrEqual(shift);
        expect(Math.abs(variation.cols)).toBeLessThanOrEqual(shift);
        if (!flip) expect(variation.mirrored).toBe(false);
        expect(variationOf({ shift, flip }, where)).toEqual(variation);
      }),
    );
  });

  it('variationOf() takes every shift and both sides equally often', () => {
    const counts = new Map<string, number>();
    for (let index = 0; index < 18_000; index++) {
      const at = { seed: 3, epoch: 7, index };
      const { rows, cols, mirrored } = variationOf({ shift: 1, flip: true }, at);
      const name = `${rows} ${cols} ${mirrored}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    // 3 * 3 * 2 kinds, 1000 of each expected; four standard deviations are 124.
    expect(counts.size).toBe(18);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(124);
  });
});
