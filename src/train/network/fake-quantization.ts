/**
 * @file What a float network has to put up with to be trained for its integer network: the quantizer's own
 * codings of maps, and the grid of adder weights that follows from them.
 *
 * Weights of multiplying layers, batch normalization and sums stay float: the quantizer gives them 8 bits and
 * more, whatever the width of maps.
 */
import { type OperandWidths, operandWidth } from '../../fixed/operand.ts';
import { INPUT } from '../../model/types.ts';
import { type CalibrateOptions, calibrate } from '../../quantize/calibrate.ts';
import type { LoweredLayer } from '../../quantize/lowered.ts';
import type { MapCoding } from '../../quantize/map-coding.ts';
import { isPlainMaximum } from '../../quantize/tensor-groups.ts';

/** A map that is stored as codes: whole numbers of steps from `low` to `high`. */
export interface QuantizedMap {
  /** The node whose output it is, or `input`. */
  readonly node: string;
  readonly scale: number;
  readonly low: number;
  readonly high: number;
}

/** An adder layer's weights: multiples of `scale`. */
export interface QuantizedWeights {
  readonly node: string;
  readonly scale: number;
}

/** Plain data: it goes to threads and into checkpoints as it is. */
export interface FakeQuantization {
  readonly maps: readonly QuantizedMap[];
  readonly weights: readonly QuantizedWeights[];
}

/**
 * Choose how a model's maps and adder weights are rounded in fine-tuning, calibrated on training images as
 * `quantize` does it.
 *
 * The network's output is left out, as it has 16 bits, and so is a maximum of codes, which is a code already.
 * Throws a DesignError for widths, images and graphs that cannot be quantized.
 */
export async function chooseFakeQuantization(options: CalibrateOptions): Promise<FakeQuantization> {
  const { network, codings } = await calibrate(options, () => {});
  const stored = network.layers.slice(0, -1).filter((layer) => !isPlainMaximum(layer));
  return {
    maps: [
      mapGrid(INPUT, codings.get(INPUT)!),
      ...stored.map(({ name, node }) => mapGrid(node, codings.get(name)!)),
    ],
    weights: network.layers
      .filter(({ kind }) => kind === 'adder')
      .map(({ name, input }: LoweredLayer) => ({
        node: name,
        scale: weightScale(codings.get(input)!, options.widths),
      })),
  };
}

function mapGrid(node: string, { step, zeroPoint, lowCode, highCode }: MapCoding): QuantizedMap {
  return { node, scale: step, low: lowCode - zeroPoint, high: highCode - zeroPoint };
}

/**
 * Distance between neighbouring weights: the range of the map in `2^weightWidth - 1` steps.
 *
 * Wider weights halve the map's step for each bit. Narrower ones repeat their bits (`src/fixed/operand.ts`), so
 * that they lie about evenly between both ends; the exact places differ by less than a step of the map.
 */
function weightScale({ step, highCode }: MapCoding, widths: OperandWidths): number {
  const { actWidth, weightWidth } = widths;
  if (weightWidth >= actWidth) return step / 2 ** (operandWidth(widths) - actWidth);
  return (step * highCode) / (2 ** weightWidth - 1);
}
