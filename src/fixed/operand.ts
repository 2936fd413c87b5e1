/**
 * @file How codes of different widths meet in one subtractor.
 *
 * The operand width is the larger of the two. Wider weights are a finer grid: the activation moves up by
 * zeros (`|2^k x - w|`). Narrower weights must still reach both ends of the activation range (the exact
 * clamp and the bit planes need 0 and the maximum), so their bits repeat downwards, as a short colour
 * code is widened: 4 bit `1011` becomes 8 bit `10111011`. Both are wiring in hardware.
 *
 * A map may be stored with more bits than the array reads (a residual sum gains by them, a subtractor
 * pays for them): then `inputShift` of its bits are rounded away on the way to the array, and what is
 * left saturates.
 */
import { roundShift, saturate } from './round.ts';

/** Widths of the two codes in bits, 2 to 8 each. */
export interface OperandWidths {
  readonly actWidth: number;
  readonly weightWidth: number;
}

/** Bits of both operands of the subtractor. */
export function operandWidth({ actWidth, weightWidth }: OperandWidths): number {
  return Math.max(actWidth, weightWidth);
}

/** A stored code as the `actWidth` bits that an adder layer reads: rounded, then saturated. */
export function actCode(code: number, inputShift: number, { actWidth }: OperandWidths): number {
  return saturate(roundShift(code, inputShift), 0, 2 ** actWidth - 1);
}

/** An activation code of `actWidth` bits at the operand width. */
export function actOperand(code: number, { actWidth, weightWidth }: OperandWidths): number {
  return weightWidth > actWidth ? code * 2 ** (weightWidth - actWidth) : code;
}

/** The largest operand an activation can be: the upper end of the weights' useful range. */
export function maxActOperand(widths: OperandWidths): number {
  return actOperand(2 ** widths.actWidth - 1, widths);
}

/** A weight code at the operand width. */
export function weightOperand(code: number, { actWidth, weightWidth }: OperandWidths): number {
  let operand = code;
  let width = weightWidth;
  // Whole copies below, and of the last one only the upper bits.
  for (; width < actWidth; width += weightWidth) operand = operand * 2 ** weightWidth + code;
  return width > actWidth && actWidth > weightWidth
    ? Math.floor(operand / 2 ** (width - actWidth))
    : operand;
}
