/**
 * @file What a float network has to put up with to be trained for its integer network: the quantizer's own rounding of
 * maps and adder weights, and its corrections of sums.
 *
 * With it a forward pass computes what the integer network computes, up to the last rounding: of the constants behind
 * the sums, and of single precision. Weights of multiplying layers are rounded too (`round-products.ts`).
 */
import { type FloatModel, INPUT, type Rounding } from '../../model/types.ts';
import { lower } from '../../quantize/lower.ts';
import type { LoweredLayer } from '../../quantize/lowered.ts';
import { type MapCoding, operandCoding } from '../../quantize/map-coding.ts';
import type { CalibrationImages } from '../../quantize/observe.ts';
import { quantize } from '../../quantize/quantize.ts';
import { trainedRounding } from '../../quantize/rounding.ts';
import { isPlainMaximum } from '../../quantize/tensor-groups.ts';
import type { OpenWidths } from '../../quantize/widths.ts';
import type { Grid, WeightGrid } from '../layers/round-to-grid.ts';

/** A map on a grid: of a node's output or `input`, or as an adder node reads it. */
export interface QuantizedMap extends Grid {
  readonly node: string;
}

/** Where an adder layer's weights can lie. */
export interface QuantizedWeights extends WeightGrid {
  readonly node: string;
}

/** A node's output as it is corrected, `gain[c] * y + offset[c]`. */
export interface CorrectedSums {
  readonly node: string;
  readonly gain: readonly number[];
  readonly offset: readonly number[];
}

/** Plain data: it goes to threads as it is. */
export interface FakeQuantization {
  /** Maps as they are stored. */
  readonly maps: readonly QuantizedMap[];
  /** What adder nodes read of them, where that is less. */
  readonly operands: readonly QuantizedMap[];
  readonly weights: readonly QuantizedWeights[];
  readonly sums: readonly CorrectedSums[];
}

/** A float model, training images, and widths as `quantize` takes them. */
export interface RoundingOptions extends OpenWidths, CalibrationImages {
  readonly model: FloatModel;
}

/**
 * Choose how a model is rounded in fine-tuning: as `quantize` would round it, calibrated on training images.
 *
 * Throws a DesignError for widths, images and graphs that cannot be quantized.
 */
export async function chooseRounding({ threads, ...options }: RoundingOptions): Promise<Rounding> {
  const { rounding } = await quantize({ ...options, ...(threads === undefined ? {} : { threads }) });
  return rounding;
}

/**
 * The places and grids of a rounding in a model's graph.
 *
 * The network's output is left out, as it has 16 bits, and so is a maximum of codes, which is a code already.
 */
export function fakeQuantizationOf(model: FloatModel, rounding: Rounding): FakeQuantization {
  const network = lower(model);
  const trained = trainedRounding({ ...model, rounding }, network, rounding.widths)!;
  const { codings, shifts, corrections } = trained;
  const widths = new Map(rounding.layers.map((each) => [each.layer, each]));
  const adders = network.layers
    .filter(({ kind }) => kind === 'adder')
    .map(({ name, input }) => {
      const stored = codings.get(input)!;
      const shift = shifts.get(name)!;
      const { actWidth, weightWidth } = widths.get(name)!;
      const read = operandCoding(stored, shift, actWidth);
      return { name, stored, shift, read, weightWidth };
    });
  const stored = network.layers.slice(0, -1).filter((layer) => !isPlainMaximum(layer));
  return {
    maps: [
      { node: INPUT, ...gridOf(codings.get(INPUT)!) },
      ...stored.map(({ name, node }) => ({ node, ...gridOf(codings.get(name)!) })),
    ],
    operands: adders
      .filter(({ shift, read, stored: { highCode } }) => shift > 0 || read.highCode < highCode)
      .map(({ name, stored: { step }, shift, read }) => ({
        ...{ node: name, ...gridOf(read) },
        ...{ scale: step, shift },
      })),
    weights: adders.map(({ name, read, weightWidth }) => ({
      node: name,
      ...weightGrid(read, weightWidth),
    })),
    sums: network.layers.flatMap((layer) => {
      const { gain, offset } = corrections.get(layer.name)!;
      return correctedSums(layer, gain, offset);
    }),
  };
}

function gridOf({ step, zeroPoint, lowCode, highCode }: MapCoding): Grid {
  return { scale: step, low: lowCode - zeroPoint, high: highCode - zeroPoint };
}

/**
 * The range of the operands that the weights meet, in `2^weightWidth` points.
 *
 * Wider weights halve the operands' step for each bit. Narrower ones repeat their bits (`src/fixed/operand.ts`), so
 * that they lie about evenly between both ends: their exact places differ by less than a step of the map.
 */
function weightGrid(read: MapCoding, weightWidth: number): WeightGrid {
  const { step, zeroPoint, highCode, width } = read;
  const low = -zeroPoint * step;
  if (weightWidth >= width) {
    const finer = 2 ** (weightWidth - width);
    return { scale: step / finer, low, levels: highCode * finer + 1 };
  }
  return { scale: (step * highCode) / (2 ** weightWidth - 1), low, levels: 2 ** weightWidth };
}

/** Corrected are the layer's sums, `factor * (y - bias)` of its node's output y. */
function correctedSums(
  { name, raw }: LoweredLayer,
  gain: readonly number[],
  offset: readonly number[],
): CorrectedSums[] {
  if (gain.every((g) => g === 1) && offset.every((o) => o === 0)) return [];
  const bias = raw.bias ?? new Float32Array(gain.length);
  const moved = offset.map((o, c) => o / raw.factor + (1 - gain[c]) * bias[c]);
  return [{ node: name, gain, offset: moved }];
}
