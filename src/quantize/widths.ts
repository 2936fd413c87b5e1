import type { OperandWidths } from '../fixed/operand.ts';

/** Adder layers' own widths, by layer. */
export type LayerWidths = ReadonlyMap<string, OperandWidths>;

/** Bits of everything that has a choice; `actWidth` and `weightWidth` are the widest layer's. */
export interface QuantizeWidths extends OperandWidths {
  /** Bits of the image's codes where a multiplying layer reads them. */
  readonly inputWidth: number;
  /** Bits of maps that something else than adder layers reads: residual sums, pools, the classifier. */
  readonly storeWidth: number;
  /** Of adder layers that do not have the widths above. */
  readonly layerWidths?: LayerWidths;
}

/** What may be left open, and then follows from the bits of activations. */
export type OpenWidths = OperandWidths & Partial<QuantizeWidths>;

/**
 * Fill in the widths that are left open: the image and every map that is added, pooled or classified keep 8 bits.
 *
 * Both cost memory, not elements: noise that enters a residual sum stays in the network to its end.
 */
export function completeWidths({
  actWidth,
  weightWidth,
  inputWidth = 8,
  storeWidth = 8,
  layerWidths,
}: OpenWidths): QuantizeWidths {
  return { actWidth, weightWidth, inputWidth, storeWidth, ...(layerWidths && { layerWidths }) };
}

/** What one adder layer reads and weighs with. */
export function widthsOf(widths: QuantizeWidths, layer: string): OperandWidths {
  const { actWidth, weightWidth } = widths.layerWidths?.get(layer) ?? widths;
  return { actWidth, weightWidth };
}

/** The array that a set of layers needs. */
export function widestOf(layers: LayerWidths): OperandWidths {
  const all = [...layers.values()];
  return {
    actWidth: Math.max(...all.map(({ actWidth }) => actWidth)),
    weightWidth: Math.max(...all.map(({ weightWidth }) => weightWidth)),
  };
}
