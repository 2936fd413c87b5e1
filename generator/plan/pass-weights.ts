/**
 * @file Single weights of a pass, as the weight memory holds them.
 */
import { type OperandWidths, weightOperand } from '../../src/fixed/operand.ts';
import { codeOperand } from './array-reads.ts';
import { elementZeros, storedWeight } from './array-widths.ts';
import type { BitPass, Operation } from './types.ts';

/** The weight whose operand is nearest to a blank lane's. */
export function idleWeight(padCode: number, { read }: BitPass, array: OperandWidths): number {
  const wanted = codeOperand(padCode, read, array);
  let best = 0;
  for (let code = 1; code < 2 ** array.weightWidth; code++) {
    const distance = Math.abs(weightOperand(code, array) - wanted);
    if (distance < Math.abs(weightOperand(best, array) - wanted)) best = code;
  }
  return best;
}

/** What a blank lane adds in a pass. */
export function idleDifference(padCode: number, pass: BitPass, array: OperandWidths): number {
  const weight = weightOperand(idleWeight(padCode, pass, array), array);
  return Math.abs(weight - codeOperand(padCode, pass.read, array));
}

/** A weight of an operation's layer as the weight memory holds it in one pass. */
export function passWeight(
  { layer, passes }: Operation,
  weight: number,
  pass: BitPass,
  array: OperandWidths,
): number {
  if (layer.kind === 'adder') return storedWeight(weight, layer, array);
  const { read } = pass;
  const digit = weightDigit(weight, allPlanes(passes), pass);
  if (!read.spread) return digit > 0 ? 0 : 2 ** array.weightWidth - 1;
  // |X - w| - w = X - 2w = digit, in units of the activation's lowest bit.
  return ((2 ** array.actWidth - 1 - digit) / 2) * 2 ** elementZeros(array);
}

/** Planes of a layer's weights over all passes; there may be more than the weights need. */
function allPlanes(passes: readonly BitPass[]): number {
  return Math.max(...passes.map(({ plane, planes }) => plane + planes));
}

/** `sum of 2^i w_i` over a pass's planes, of an odd weight `sum of 2^b w_b` over all planes, w_b = +-1: odd, too. */
function weightDigit(weight: number, all: number, { plane, planes }: BitPass): number {
  // Planes as bits: 1 for +1, 0 for -1.
  const bits = (weight + 2 ** all - 1) / 2;
  return 2 * (Math.floor(bits / 2 ** plane) % 2 ** planes) - (2 ** planes - 1);
}
