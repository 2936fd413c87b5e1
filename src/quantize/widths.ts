import type { OperandWidths } from '../fixed/operand.ts';

/** Bits of everything that has a choice. */
export interface QuantizeWidths extends OperandWidths {
  /** Bits of the image's codes where a multiplying layer reads them. */
  readonly inputWidth: number;
  /** Bits of maps that something else than adder layers reads: residual sums, pools, the classifier. */
  readonly storeWidth: number;
}
