/**
 * @file The accumulators of the four layer kinds: what is summed over one window before the affine step.
 *
 * `windowCodes` holds the codes one output pixel sees (`readWindow`), `c` is the output channel. Every
 * sum is an exact integer below 2^31: 4608 taps of 8-bit operands reach 1,175,040.
 */
import { actCode, actOperand, weightOperand } from '../fixed/operand.ts';
import type { AdderLayer, ConvLayer, PoolLayer } from '../quantize/types.ts';

/** Bring an adder layer's weight codes to the layer's operand width. */
export function weightOperands(layer: AdderLayer): Int16Array {
  return layer.weights.map((code) => weightOperand(code, layer));
}

/** Bring the codes of an adder layer's window to the layer's operand width. */
export function windowOperands(layer: AdderLayer, windowCodes: Int32Array): Int32Array {
  return windowCodes.map((code) => actOperand(actCode(code, layer.inputShift, layer), layer));
}

/**
 * Sum `|x' - w'|` over the window: AdderNet eq 3 without its sign, at the layer's operand width.
 * `weights` are `weightOperands`, `operands` are `windowOperands`.
 */
export function sumAbsDiff(weights: Int16Array, operands: Int32Array, c: number): number {
  const terms = operands.length;
  let acc = 0;
  for (let k = 0; k < terms; k++) acc += Math.abs(operands[k] - weights[c * terms + k]);
  return acc;
}

/** Sum `W * x` over the window: eq 1 on integers. */
export function sumProducts(layer: ConvLayer, windowCodes: Int32Array, c: number): number {
  const terms = windowCodes.length;
  let acc = 0;
  for (let k = 0; k < terms; k++) acc += layer.weights[c * terms + k] * windowCodes[k];
  return acc;
}

/** The largest code that channel `c` has in the window. */
export function maxOverTaps(layer: PoolLayer, windowCodes: Int32Array, c: number): number {
  const channels = layer.inputShape[2];
  let acc = windowCodes[c];
  for (let k = c; k < windowCodes.length; k += channels) acc = Math.max(acc, windowCodes[k]);
  return acc;
}

/** The sum of channel `c`'s codes in the window. */
export function sumOverTaps(layer: PoolLayer, windowCodes: Int32Array, c: number): number {
  const channels = layer.inputShape[2];
  let acc = 0;
  for (let k = c; k < windowCodes.length; k += channels) acc += windowCodes[k];
  return acc;
}
