/**
 * @file Bits of the array's registers when adder layers of different widths share it.
 */
import { type OperandWidths, weightOperand } from '../../src/fixed/operand.ts';
import type { AdderLayer, QuantizedModel } from '../../src/quantize/types.ts';

/**
 * Widths of the array's activations and of the words of its weight memory.
 *
 * Where all adder layers have the same widths these are the array's: a coarser operand is wired up to the finer one in the
 * elements, and the memory holds codes. Otherwise the memory holds operands of the widest layer's width and the feeder moves
 * activations up; zeros that are below all of them stay in the elements' wiring.
 */
export function arrayWidths(model: QuantizedModel): OperandWidths {
  const adders = model.layers.filter((layer) => layer.kind === 'adder');
  // A network of nothing but products and pools may have any array.
  const { actWidth, weightWidth } = adders[0] ?? model;
  const same = (layer: AdderLayer) =>
    layer.actWidth === actWidth && layer.weightWidth === weightWidth;
  if (adders.every(same)) return { actWidth, weightWidth };
  const operand = Math.max(...adders.map((layer) => Math.max(layer.actWidth, layer.weightWidth)));
  return { actWidth: operand - Math.min(...adders.map(zerosBelow)), weightWidth: operand };
}

/** Zeros that an element appends to an activation, or that a layer needs below its own. */
export function zerosBelow({ actWidth, weightWidth }: OperandWidths): number {
  return Math.max(0, weightWidth - actWidth);
}

/** An adder weight's code as the weight memory holds it. */
export function storedWeight(code: number, layer: AdderLayer, array: OperandWidths): number {
  return layer.weightWidth === array.weightWidth ? code : weightOperand(code, layer);
}
