/**
 * @file What a float network has to put up with to be trained for its integer network: the quantizer's own
 * codings of maps, and the grid of adder weights that follows from them.
 *
 * Weights of multiplying layers, batch normalization and sums stay float: the quantizer gives them 8 bits and
 * more, whatever the width of maps.
 */
import type { OperandWidths } from '../../fixed/operand.ts';
import { type FloatModel, INPUT } from '../../model/types.ts';
import { calibrate } from '../../quantize/calibrate.ts';
import type { MapCoding } from '../../quantize/map-coding.ts';
import type { CalibrationImages } from '../../quantize/observe.ts';
import { isPlainMaximum } from '../../quantize/tensor-groups.ts';
import type { Grid, WeightGrid } from '../layers/round-to-grid.ts';

/** A map that is stored as codes, and the whole numbers of steps that they stand for. */
export interface QuantizedMap extends Grid {
  /** The node whose output it is, or `input`. */
  readonly node: string;
}

/** Where an adder layer's weights can lie. */
export interface QuantizedWeights extends WeightGrid {
  readonly node: string;
}

/** Plain data: it goes to threads and into checkpoints as it is. */
export interface FakeQuantization {
  readonly maps: readonly QuantizedMap[];
  readonly weights: readonly QuantizedWeights[];
}

/** A float model, training images, and the bits of all maps and of adder weights. */
export interface FakeQuantizationOptions extends OperandWidths, CalibrationImages {
  readonly model: FloatModel;
}

/**
 * Choose how a model's maps and adder weights are rounded in fine-tuning, calibrated on training images as
 * `quantize` does it.
 *
 * The network's output is left out, as it has 16 bits, and so is a maximum of codes, which is a code already.
 * Throws a DesignError for widths, images and graphs that cannot be quantized.
 */
export async function chooseFakeQuantization(
  options: FakeQuantizationOptions,
): Promise<FakeQuantization> {
  const { actWidth, weightWidth, ...calibration } = options;
  const widths = { actWidth, weightWidth, inputWidth: actWidth, storeWidth: actWidth };
  const { network, codings } = await calibrate({ ...calibration, widths }, () => {});
  const stored = network.layers.slice(0, -1).filter((layer) => !isPlainMaximum(layer));
  return {
    maps: [
      mapGrid(INPUT, codings.get(INPUT)!),
      ...stored.map(({ name, node }) => mapGrid(node, codings.get(name)!)),
    ],
    weights: network.layers
      .filter(({ kind }) => kind === 'adder')
      .map(({ name, input }) => weightGrid(name, codings.get(input)!, options)),
  };
}

function mapGrid(node: string, { step, zeroPoint, lowCode, highCode }: MapCoding): QuantizedMap {
  return { node, scale: step, low: lowCode - zeroPoint, high: highCode - zeroPoint };
}

/**
 * The range of the map that the weights meet, in `2^weightWidth` points.
 *
 * Wider weights halve the map's step for each bit. Narrower ones repeat their bits (`src/fixed/operand.ts`), so
 * that they lie about evenly between both ends: their exact places differ by less than a step of the map.
 */
function weightGrid(
  node: string,
  { step, zeroPoint, highCode }: MapCoding,
  { actWidth, weightWidth }: OperandWidths,
): QuantizedWeights {
  const low = -zeroPoint * step;
  if (weightWidth >= actWidth) {
    const finer = 2 ** (weightWidth - actWidth);
    return { node, scale: step / finer, low, levels: highCode * finer + 1 };
  }
  return { node, scale: (step * highCode) / (2 ** weightWidth - 1), low, levels: 2 ** weightWidth };
}
