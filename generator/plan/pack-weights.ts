/**
 * @file Packed weights: one stream of prefix words a column, two columns in one memory with two read ports.
 *
 * Every decoder gets a memory word of its own a cycle and takes at most one prefix word out of it. A memory
 * word is at least as long as the longest prefix word, so a decoder never waits, whatever the weights are: rows come
 * as fast as from plain memory. An operation begins with a new memory word in every column, and its last word keeps at least
 * one bit free: so the decoder stands at the next operation's first word when it has decoded everything.
 */
import type { HardwareConfig } from '../config.ts';
import type { MemoryImage, PackedWeights, WeightPair } from './types.ts';
import { chooseCode, encodeWeight, longestWord, type WeightCode } from './weight-code.ts';

/** Block RAMs of most FPGAs have 9, 18 or 36 bits a word. */
const leastWordWidth = 9;

/** Bits of a packed memory's word. */
export function packedWordWidth(codeWidth: number): number {
  return Math.max(leastWordWidth, longestWord(codeWidth));
}

/**
 * Pack the plain weight memory.
 *
 * @param image its rows, `cols` codes a word
 * @param starts first row of each operation that has weights, rising from 0
 */
export function packWeights(
  { image, starts }: { readonly image: MemoryImage; readonly starts: readonly number[] },
  { cols }: Pick<HardwareConfig, 'cols'>,
): PackedWeights {
  const codeWidth = image.width / cols;
  const wordWidth = packedWordWidth(codeWidth);
  const rows = image.words.map((word) => rowCodes(word, cols, codeWidth));
  const operations = starts.map((start, index) => rows.slice(start, starts[index + 1]));
  const codes = operations.map((own) => chooseCode(own, codeWidth));
  const columns = Array.from({ length: cols }, (_, column) =>
    operations.flatMap((own, index) =>
      packColumn({ rows: own, column, code: codes[index], codeWidth, wordWidth }),
    ),
  );
  return { codeWidth, wordWidth, codes, pairs: pairColumns(columns, wordWidth) };
}

function rowCodes(word: bigint, cols: number, codeWidth: number): Uint8Array {
  const bits = word.toString(2).padStart(cols * codeWidth, '0');
  return Uint8Array.from({ length: cols }, (_, column) => {
    const end = bits.length - column * codeWidth;
    return Number.parseInt(bits.slice(end - codeWidth, end), 2);
  });
}

/** One operation's part of a column: memory words, the first bit lowest. */
function packColumn(options: {
  rows: readonly Uint8Array[];
  column: number;
  code: WeightCode;
  codeWidth: number;
  wordWidth: number;
}): number[] {
  const { rows, column, code, codeWidth, wordWidth } = options;
  const words = [0];
  let used = 0;
  for (const row of rows) {
    for (const bit of encodeWeight(row[column], code, codeWidth)) {
      words[words.length - 1] += bit * 2 ** used;
      used = (used + 1) % wordWidth;
      // A full word is followed by another one even at the end: that is the bit that stays free.
      if (used === 0) words.push(0);
    }
  }
  return words;
}

/** The longest column with the shortest, and so on: no memory is much deeper than the others. */
function pairColumns(columns: readonly (readonly number[])[], wordWidth: number): WeightPair[] {
  const byLength = columns
    .map((_, column) => column)
    .sort((a, b) => columns[b].length - columns[a].length || a - b);
  return Array.from({ length: Math.ceil(columns.length / 2) }, (_, index) => {
    const pair = [...new Set([byLength[index], byLength[columns.length - 1 - index]])];
    // A decoder has read the word behind its column's end before it turns back.
    const words = [...pair.flatMap((column) => columns[column]), 0].map(BigInt);
    const file = `weights_${index}.mem`;
    const comment = `weights: packed words of column ${pair.join(', then of column ')}, first bit lowest`;
    return {
      columns: pair,
      secondStart: pair.length > 1 ? columns[pair[0]].length : 0,
      image: { file, comment, width: wordWidth, words },
    };
  });
}
