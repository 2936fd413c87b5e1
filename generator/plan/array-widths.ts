/**
 * @file Bits of the array's registers when adder layers of different widths share it.
 */
import { type OperandWidths, operandWidth, weightOperand } from '../../src/fixed/operand.ts';
import type { AdderLayer, QuantizedModel } from '../../src/quantize/types.ts';

/**
 * Widths of the array's activations and of the words of its weight memory.
 *
 * Where all adder layers have the same widths these are the array's: a coarser operand is wired up to the finer one in the
 * elements, and the memory holds codes. Otherwise the memory holds operands, as wide as the widest layer's. A narrower layer's
 * operands take the upper bits: there the same range of a map ends at the same bit for every layer, so that the
 * feeder shifts by fewer amounts, and saturates alike.
 */
export function arrayWidths(model: QuantizedModel): OperandWidths {
  const adders = model.layers.filter((layer) => layer.kind === 'adder');
  // A network of nothing but products and pools may have any array.
  const { actWidth, weightWidth } = adders[0] ?? model;
  const same = (layer: AdderLayer) =>
    layer.actWidth === actWidth && layer.weightWidth === weightWidth;
  if (adders.every(same)) return { actWidth, weightWidth };
  return {
    actWidth: Math.max(...adders.map((layer) => layer.actWidth)),
    weightWidth: Math.max(...adders.map(operandWidth)),
  };
}

/** Zeros that an element appends to an activation. */
export function elementZeros({ actWidth, weightWidth }: OperandWidths): number {
  return Math.max(0, weightWidth - actWidth);
}

/** Zeros below a layer's operands: the array's sums are as many powers of two larger. */
export function layerZeros(layer: AdderLayer, array: OperandWidths): number {
  return operandWidth(array) - operandWidth(layer);
}

/** An adder weight's code as the weight memory holds it. */
export function storedWeight(code: number, layer: AdderLayer, array: OperandWidths): number {
  return layer.weightWidth === array.weightWidth
    ? code
    : weightOperand(code, layer) * 2 ** layerZeros(layer, array);
}
