import { describe, expect, it } from 'vitest';
import { parseIdx } from '../../src/data/idx.ts';

// 0 0, type 8, 2 dimensions, 2 x 3, six elements
const file = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 10, 11, 12, 13, 14, 15];

describe('parseIdx', () => {
  it('parseIdx() reads shape and elements when the file is whole', () => {
    const { shape, data } = parseIdx(Uint8Array.from(file), { file: 'f', rank: 2 });
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual([10, 11, 12, 13, 14, 15]);
  });

  it('parseIdx() reads a view that does not start at byte 0', () => {
    const bytes = Uint8Array.from([9, 9, ...file]).subarray(2);
    expect(parseIdx(bytes, { file: 'f', rank: 2 }).shape).toEqual([2, 3]);
  });

  it.each([
    ['cut in the header', file.slice(0, 7), /a header of 12 bytes was expected, the file has 7/],
    ['cut in the data', file.slice(0, 17), /promises 6 elements, it holds 5/],
    ['too long', [...file, 1], /promises 6 elements, it holds 7/],
    ['another rank', [0, 0, 8, 1, ...file.slice(4)], /starts with 2049, .* are 2050/],
    ['sizes that overflow', [0, 0, 8, 2, ...Array(8).fill(255), 1], /promises 1844674\d+ elements/],
  ])('parseIdx() refuses a file that is %s', (_, bytes, message) => {
    expect(() => parseIdx(Uint8Array.from(bytes), { file: 'f', rank: 2 })).toThrow(message);
  });
});
