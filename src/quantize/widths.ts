import type { OperandWidths } from '../fixed/operand.ts';

/** Bits of everything that has a choice. */
export interface QuantizeWidths extends OperandWidths {
  /** Bits of the image's codes where a multiplying layer reads them. */
  readonly inputWidth: number;
  /** Bits of maps that something else than adder layers reads: residual sums, pools, the classifier. */
  readonly storeWidth: number;
}

/** What may be left open, and then follows from the bits of activations. */
export type OpenWidths = OperandWidths & Partial<QuantizeWidths>;

/**
 * Fill in the widths that are left open: the image keeps its 8 bits, and a residual sum has two bits more than the
 * layers read of it. Both cost memory, not elements; together they quarter the divergence from the float network at
 * 4 bits.
 */
export function completeWidths({
  actWidth,
  weightWidth,
  inputWidth,
  storeWidth,
}: OpenWidths): QuantizeWidths {
  return {
    actWidth,
    weightWidth,
    inputWidth: inputWidth ?? 8,
    storeWidth: storeWidth ?? Math.min(8, actWidth + 2),
  };
}
