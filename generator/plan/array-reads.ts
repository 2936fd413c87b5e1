/**
 * @file How stored codes become the array's operands.
 *
 * Maps may have more bits than the array, and adder layers fewer. An adder layer rounds the surplus away and saturates to
 * its own bits (`actCode` in src/fixed/operand.ts), which are the operand's upper ones. A multiplying layer reads all bits of
 * a code in several passes: in slices as wide as the array, or bit by bit (bit-passes.ts). The feeder has only
 * the reads that occur.
 */
import type { OperandWidths } from '../../src/fixed/operand.ts';
import { roundShift, saturate } from '../../src/fixed/round.ts';
import { INPUT } from '../../src/model/types.ts';
import type { AdderLayer, QuantizedModel } from '../../src/quantize/types.ts';
import { elementZeros } from './array-widths.ts';
import type { ArrayRead, CodeWidths, Operation } from './types.ts';

/** Bits of codes in the input's memory and in the banks. */
export function codeWidths(
  operations: readonly Operation[],
  { input }: QuantizedModel,
): CodeWidths {
  const bank = operations.map(({ layer, codeWidth, residualWidth }) =>
    Math.max(layer.input === INPUT ? 1 : codeWidth, residualWidth),
  );
  const bankWidth = Math.max(...bank);
  return { inputWidth: input.width, bankWidth, codeWidth: Math.max(bankWidth, input.width) };
}

/** The read of all bits of a code that fits the array. */
export function wholeRead(array: OperandWidths): ArrayRead {
  return { shift: 0, bits: array.actWidth, rounds: false, lift: 0, spread: false };
}

/** How an adder layer reads codes of `codeWidth` bits. */
export function adderRead(layer: AdderLayer, codeWidth: number, array: OperandWidths): ArrayRead {
  const { inputShift: shift, actWidth } = layer;
  const lift = array.actWidth - actWidth;
  // What is not shifted and cannot saturate is what other layers read, too.
  return shift === 0 && codeWidth <= actWidth
    ? { ...wholeRead(array), bits: actWidth, lift }
    : { shift, bits: actWidth, rounds: true, lift, spread: false };
}

/** A code as the array's operand, at its operand width: the feeder and the elements' wiring retold. */
export function codeOperand(code: number, read: ArrayRead, array: OperandWidths): number {
  return readCode(code, read, array) * 2 ** elementZeros(array);
}

function readCode(
  code: number,
  { shift, bits, rounds, lift, spread }: ArrayRead,
  { actWidth }: OperandWidths,
): number {
  const limit = 2 ** bits - 1;
  if (rounds) return saturate(roundShift(code, shift), 0, limit) * 2 ** lift;
  const kept = Math.floor(code / 2 ** shift) % (limit + 1);
  return spread ? kept * (2 ** actWidth - 1) : kept * 2 ** lift;
}
