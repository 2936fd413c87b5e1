/**
 * @file How codes of different widths meet in one subtractor.
 *
 * The operand width is the larger of the two. Wider weights are a finer grid: the activation moves up by
 * zeros (`|2^k x - w|`). Narrower weights must still reach both ends of the activation range (the exact
 * clamp and the bit planes need 0 and the maximum), so their bits repeat downwards, as a short colour
 * code is widened: 4 bit `1011` becomes 8 bit `10111011`. Both are wiring in hardware.
 */

/** Widths of the two codes in bits, 4 to 8 each. */
export interface OperandWidths {
  readonly actWidth: number;
  readonly weightWidth: number;
}

/** Bits of both operands of the subtractor. */
export function operandWidth({ actWidth, weightWidth }: OperandWidths): number {
  return Math.max(actWidth, weightWidth);
}

/** An activation code at the operand width. */
export function actOperand(code: number, { actWidth, weightWidth }: OperandWidths): number {
  return weightWidth > actWidth ? code * 2 ** (weightWidth - actWidth) : code;
}

/** The largest operand an activation can be: the upper end of the weights' useful range. */
export function maxActOperand(widths: OperandWidths): number {
  return actOperand(2 ** widths.actWidth - 1, widths);
}

/** A weight code at the operand width. */
export function weightOperand(code: number, { actWidth, weightWidth }: OperandWidths): number {
  const missing = actWidth - weightWidth;
  if (missing <= 0) return code;
  // missing <= 4 <= weightWidth: the upper bits once more are enough.
  return code * 2 ** missing + Math.floor(code / 2 ** (weightWidth - missing));
}
