/**
 * @file Integer weights, and how an accumulator of them reads as a real: `raw ~ unit[c] * acc + constant[c]`.
 */
import {
  maxActOperand,
  type OperandWidths,
  operandWidth,
  weightOperand,
} from '../fixed/operand.ts';
import { saturate } from '../fixed/round.ts';
import { hasWeights, type LoweredLayer, termCount } from './lowered.ts';
import type { MapCoding } from './map-coding.ts';
import { oddWeights } from './odd-weights.ts';

export interface FoldedWeights {
  /** As `ArrayLayer.weights`; empty for pools. */
  readonly weights: Int16Array;
  readonly planes: number;
  readonly unit: Float64Array;
  readonly constant: Float64Array;
  /** Share of the weights that lie outside the input's range. */
  readonly clampedShare: number;
}

/** Bit planes of a multiplying layer's weights. */
export const CONV_PLANES = 8;

/** Code a layer's weights for an input coded as `input`. */
export function foldWeights(
  layer: LoweredLayer,
  input: MapCoding,
  widths: OperandWidths,
): FoldedWeights {
  if (layer.kind === 'adder') return foldAdder(layer, input, widths);
  if (layer.kind === 'conv') return foldConv(layer, input);
  const channels = layer.outputShape[2];
  const addedTaps = layer.kind === 'sumPool' ? termCount(layer) : 1;
  return {
    weights: new Int16Array(0),
    planes: 1,
    unit: new Float64Array(channels).fill(input.step),
    constant: new Float64Array(channels).fill(-input.step * input.zeroPoint * addedTaps),
    clampedShare: 0,
  };
}

/**
 * Adder weights on the grid of their input.
 *
 * For x within [lo, hi], `|x - w| = |x - clip(w)| + |w - clip(w)|` exactly, so a weight outside costs
 * nothing: the second term joins the channel's constant (2101.10015; identity 2 of the brief). It holds
 * for padded taps too, since they read zero, which lies in the range. Only rounding to the grid errs.
 */
function foldAdder(layer: LoweredLayer, input: MapCoding, widths: OperandWidths): FoldedWeights {
  const channels = layer.outputShape[2];
  const terms = termCount(layer);
  // One step of the operands: finer than the activations' where weights are wider.
  const step = input.step / 2 ** (operandWidth(widths) - widths.actWidth);
  const zero = input.zeroPoint * (input.step / step);
  const low = -zero * step;
  const high = (maxActOperand(widths) - zero) * step;
  const nearest = nearestCodes(widths);
  const weights = new Int16Array(channels * terms);
  const constant = new Float64Array(channels);
  let clamped = 0;
  for (let c = 0; c < channels; c++) {
    for (let k = 0; k < terms; k++) {
      const w = layer.weights[c * terms + k];
      const clipped = saturate(w, low, high);
      if (clipped !== w) clamped++;
      constant[c] += Math.abs(w - clipped);
      weights[c * terms + k] = nearest[Math.round(clipped / step + zero)];
    }
  }
  return {
    weights,
    planes: 1,
    unit: new Float64Array(channels).fill(step),
    constant,
    clampedShare: clamped / Math.max(1, channels * terms),
  };
}

/** For every operand up to the largest activation's, the weight code whose operand is nearest. */
function nearestCodes(widths: OperandWidths): Int16Array {
  const operands = Array.from({ length: 2 ** widths.weightWidth }, (_, code) =>
    weightOperand(code, widths),
  );
  let code = 0;
  return Int16Array.from({ length: maxActOperand(widths) + 1 }, (_, wanted) => {
    const distance = (at: number) => Math.abs(operands[at] - wanted);
    while (code + 1 < operands.length && distance(code + 1) < distance(code)) code++;
    return code;
  });
}

/** Products: `sum w x = unit * (acc - zeroPoint * sum W)`, padded taps included, as they read the zero point. */
function foldConv(layer: LoweredLayer, input: MapCoding): FoldedWeights {
  const { weights, steps } = oddWeights({
    weights: layer.weights,
    channels: layer.outputShape[2],
    planes: CONV_PLANES,
  });
  const terms = termCount(layer);
  const unit = steps.map((step) => step * input.step);
  const constant = unit.map((u, c) => {
    const sum = weights.subarray(c * terms, (c + 1) * terms).reduce((a, b) => a + b, 0);
    return -u * input.zeroPoint * sum;
  });
  return { weights, planes: CONV_PLANES, unit, constant, clampedShare: 0 };
}

/** The largest magnitude an accumulator of this layer can have. */
export function largestAcc(
  layer: LoweredLayer,
  { weights }: FoldedWeights,
  input: MapCoding,
  widths: OperandWidths,
): number {
  const terms = termCount(layer);
  if (layer.kind === 'adder') return terms * (2 ** operandWidth(widths) - 1);
  if (!hasWeights(layer)) return terms * input.highCode;
  const sums = new Float64Array(layer.outputShape[2]);
  for (const [i, w] of weights.entries()) sums[Math.floor(i / terms)] += Math.abs(w);
  return input.highCode * sums.reduce((a, b) => Math.max(a, b), 0);
}
