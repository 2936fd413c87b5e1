/**
 * @file The prefix code of packed weights.
 *
 * Exact clamping leaves most weights at 0 or at the maximum, so each operation's two most frequent codes have short words:
 *
 *     first   0
 *     second  10          1 where the operation has no other code (bit planes)
 *     others  11 and the code itself, lowest bit first
 *
 * `an_weight_stream` decodes one word a cycle.
 */

/** The two codes of an operation that have short words. */
export interface WeightCode {
  readonly first: number;
  readonly second: number;
  /** There is no other code. */
  readonly isPair: boolean;
}

/** Bits of the longest word. */
export function longestWord(codeWidth: number): number {
  return codeWidth + 2;
}

/** Choose the two most frequent codes; of equally frequent ones the smaller comes first. */
export function chooseCode(rows: readonly Uint8Array[], codeWidth: number): WeightCode {
  const counts = new Array<number>(2 ** codeWidth).fill(0);
  for (const row of rows) for (const code of row) counts[code]++;
  const ranked = counts.map((_, code) => code).sort((a, b) => counts[b] - counts[a] || a - b);
  const isPair = counts.filter((count) => count > 0).length <= 2;
  return { first: ranked[0], second: ranked[1], isPair };
}

/** A code's word, in the order in which its bits are read. */
export function encodeWeight(
  code: number,
  { first, second, isPair }: WeightCode,
  codeWidth: number,
): number[] {
  if (code === first) return [0];
  if (code === second) return isPair ? [1] : [1, 0];
  return [1, 1, ...Array.from({ length: codeWidth }, (_, bit) => (code >> bit) & 1)];
}
