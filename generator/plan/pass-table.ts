/**
 * @file The passes of all operations as one table, which the walker counts through: what the feeder does in a pass, and whether
 * the accumulators double before it.
 */
import type { OperandWidths } from '../../src/fixed/operand.ts';
import { wholeRead } from './array-reads.ts';
import type { ArrayRead, BitPass, Operation, PassTable } from './types.ts';

/** Collect every operation's passes; operations with the same ones share them. */
export function planPasses(operations: readonly Operation[], array: OperandWidths): PassTable {
  const sequences = operations.filter(({ pool }) => !pool).map(({ passes }) => passes);
  const longestFirst = sequences.toSorted((a, b) => b.length - a.length);
  const passes: BitPass[] = [];
  for (const sequence of longestFirst) {
    if (findSequence(passes, sequence) < 0) passes.push(...sequence);
  }
  // A design of nothing but pools has an array too.
  if (passes.length === 0) {
    passes.push({ read: wholeRead(array), plane: 0, planes: 1, exponent: 0, doubles: true });
  }
  const reads: ArrayRead[] = [];
  for (const { read } of passes)
    if (!reads.some((other) => sameRead(read, other))) reads.push(read);
  return { passes, reads };
}

/** Where an operation's passes begin; pools pass the array by, and take the first one. */
export function firstPass({ pool, passes }: Operation, table: PassTable): number {
  if (pool) return 0;
  const first = findSequence(table.passes, passes);
  if (first < 0) throw new Error('internal: an operation has passes that the table lacks');
  return first;
}

/** Which of the table's reads a pass takes. */
export function readIndex({ read }: BitPass, { reads }: PassTable): number {
  return reads.findIndex((other) => sameRead(read, other));
}

function findSequence(passes: readonly BitPass[], sequence: readonly BitPass[]): number {
  return passes.findIndex((_, first) =>
    sequence.every((pass, index) => {
      const other = passes[first + index];
      // Before the very first pass there is nothing to double.
      const doubles = index === 0 || other?.doubles === pass.doubles;
      return other !== undefined && doubles && sameRead(pass.read, other.read);
    }),
  );
}

function sameRead(one: ArrayRead, other: ArrayRead): boolean {
  const { shift, bits, rounds, lift, spread } = one;
  return (
    shift === other.shift &&
    bits === other.bits &&
    rounds === other.rounds &&
    lift === other.lift &&
    spread === other.spread
  );
}
