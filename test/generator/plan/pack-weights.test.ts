import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packWeights } from '../../../generator/plan/pack-weights.ts';
import type { PackedWeights } from '../../../generator/plan/types.ts';

/** Rows of codes as the plain weight memory holds them, column 0 lowest. */
function plainImage(rows: readonly (readonly number[])[], codeWidth: number) {
  const words = rows.map((row) =>
    row.reduceRight((word, code) => (word << BigInt(codeWidth)) | BigInt(code), 0n),
  );
  return { file: 'weights.mem', comment: '', width: rows[0].length * codeWidth, words };
}

/**
 * A column's weights read back, bit by bit, from the definition: an operation begins with a word, and the word in
 * which it ends is its last.
 */
function decodeColumn(packed: PackedWeights, column: number, rowsOf: readonly number[]): number[] {
  const { pairs, codes, codeWidth, wordWidth } = packed;
  const { image, columns, secondStart } = pairs.find((pair) => pair.columns.includes(column))!;
  let word = columns.indexOf(column) === 0 ? 0 : secondStart;
  const weights: number[] = [];
  for (const [operation, rows] of rowsOf.entries()) {
    const { first, second, isPair } = codes[operation];
    let read = 0;
    const bit = () => {
      const value =
        (image.words[word + Math.floor(read / wordWidth)] >> BigInt(read % wordWidth)) & 1n;
      read++;
      return Number(value);
    };
    for (let row = 0; row < rows; row++) {
      if (bit() === 0) weights.push(first);
      else if (isPair || bit() === 0) weights.push(second);
      else
        weights.push(
          Array.from({ length: codeWidth }, bit).reduce((sum, b, i) => sum + b * 2 ** i, 0),
        );
    }
    word += Math.floor(read / wordWidth) + 1;
  }
  return weights;
}

test('packWeights() gives words of hand-packed bits', () => {
  // One column, 4-bit codes in words of 9 bits. Most frequent: 0 (three times), then 15 (twice).
  // 0 15 6 0 15 | 0: bits 0, 10, 110110, | 0, 10, 0 in two words, first bit lowest: 011011010 and 0010.
  const rows = [[0], [15], [6], [0], [15], [0]];
  const { pairs, codes } = packWeights({ image: plainImage(rows, 4), starts: [0] }, { cols: 1 });
  expect(codes).toEqual([{ first: 0, second: 15, isPair: false }]);
  expect(pairs).toHaveLength(1);
  expect(pairs[0].columns).toEqual([0]);
  // And the word behind the end.
  expect(pairs[0].image.words).toEqual([0b011011010n, 0b0010n, 0n]);
});

test('packWeights() keeps a bit free at the end of an operation', () => {
  // Nine weights of one bit each fill a word, so that an empty one follows; the second operation has two codes of its own.
  const rows = [...new Array(9).fill([3]), [1], [2], [1]];
  const { pairs, codes } = packWeights({ image: plainImage(rows, 2), starts: [0, 9] }, { cols: 1 });
  expect(codes[0]).toEqual({ first: 3, second: 0, isPair: true });
  expect(codes[1]).toEqual({ first: 1, second: 2, isPair: true });
  expect(pairs[0].image.words).toEqual([0n, 0n, 0b010n, 0n]);
});

test('packWeights() puts the longest column and the shortest into one memory', () => {
  // 4 rows of 3-bit codes; column 0 all first codes, column 1 all others (5 bits each), column 2 between.
  const rows = [
    [0, 1, 0],
    [0, 2, 7],
    [0, 3, 7],
    [0, 4, 0],
  ];
  const { pairs } = packWeights({ image: plainImage(rows, 3), starts: [0] }, { cols: 3 });
  // Column 1 has 20 bits in 3 words, columns 0 and 2 have 4 and 6 bits in one word.
  expect(pairs.map(({ columns }) => columns)).toEqual([[1, 2], [0]]);
  expect(pairs[0].secondStart).toBe(3);
  expect(pairs[0].image.words).toHaveLength(5);
});

const packable = fc
  .record({
    codeWidth: fc.integer({ min: 2, max: 8 }),
    cols: fc.integer({ min: 1, max: 9 }),
    lengths: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
  })
  .chain(({ codeWidth, cols, lengths }) => {
    const top = 2 ** codeWidth - 1;
    const any = fc.integer({ min: 0, max: top });
    // Operations of nothing but 0 and the maximum, of mostly these, and of anything.
    const weight = fc.constantFrom<fc.Arbitrary<number>>(
      fc.constantFrom(0, top),
      fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0, top) }, { weight: 1, arbitrary: any }),
      any,
    );
    const operation = (length: number) =>
      weight.chain((one) =>
        fc.array(fc.array(one, { minLength: cols, maxLength: cols }), {
          minLength: length,
          maxLength: length,
        }),
      );
    return fc.record({
      codeWidth: fc.constant(codeWidth),
      cols: fc.constant(cols),
      operations: fc.tuple(...lengths.map(operation)),
    });
  });

test('packWeights() loses nothing', () => {
  fc.assert(
    fc.property(packable, ({ codeWidth, cols, operations }) => {
      const rows = operations.flat();
      const lengths = operations.map((own) => own.length);
      const starts = lengths.map((_, i) => lengths.slice(0, i).reduce((sum, n) => sum + n, 0));
      const packed = packWeights({ image: plainImage(rows, codeWidth), starts }, { cols });
      expect(packed.wordWidth).toBeGreaterThanOrEqual(codeWidth + 2);
      expect(packed.pairs.flatMap(({ columns }) => columns).sort()).toEqual(
        Array.from({ length: cols }, (_, column) => column),
      );
      for (let column = 0; column < cols; column++) {
        expect(decodeColumn(packed, column, lengths)).toEqual(rows.map((row) => row[column]));
      }
    }),
    { numRuns: 300 },
  );
});
