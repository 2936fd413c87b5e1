/**
 * @file What a float network has to put up with to be trained for its integer network: the quantizer's own rounding of
 * maps and adder weights, and its corrections of sums.
 *
 * With it a forward pass computes what the integer network computes, up to the last rounding: of the constants behind
 * the sums, and of single precision. Weights of multiplying layers are rounded too (`round-products.ts`).
 */
import { type OperandWidths, operandWidth } from '../../fixed/operand.ts';
import { type FloatModel, INPUT, type Rounding } from '../../model/types.ts';
import { lower } from '../../quantize/lower.ts';
import type { LoweredLayer } from '../../quantize/lowered.ts';
import { type MapCoding, operandCoding } from '../../quantize/map-coding.ts';
import { type Correction, trainedRounding } from '../../quantize/rounding.ts';
import { isPlainMaximum } from '../../quantize/tensor-groups.ts';
import type { Grid, Operands, WeightGrid } from '../layers/round-to-grid.ts';

/** A map as it is stored: a node's output, or `input`. */
export interface QuantizedMap extends Grid {
  readonly node: string;
}

/** How an adder node computes. */
export interface QuantizedOperands extends Operands {
  readonly node: string;
  /** Name of the tensor of its weights. */
  readonly weight: string;
}

/** What a node's output y becomes, `gain[c] * y + offset[c]`: reals, and corrected. */
export interface CorrectedSums {
  readonly node: string;
  readonly gain: readonly number[];
  readonly offset: readonly number[];
}

/** Plain data: it goes to threads as it is. */
export interface FakeQuantization {
  readonly maps: readonly QuantizedMap[];
  readonly operands: readonly QuantizedOperands[];
  readonly sums: readonly CorrectedSums[];
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
  const stored = network.layers.slice(0, -1).filter((layer) => !isPlainMaximum(layer));
  const operands = network.layers
    .filter(({ kind }) => kind === 'adder')
    .map(({ name, input }): QuantizedOperands => {
      const { actWidth, weightWidth } = widths.get(name)!;
      const coding = codings.get(input)!;
      return {
        ...{ node: name, weight: weightOf(model, name) },
        ...operandsOf(coding, shifts.get(name)!, { actWidth, weightWidth }),
      };
    });
  const units = new Map(operands.map(({ node, unit }) => [node, unit]));
  return {
    maps: [
      { node: INPUT, ...gridOf(codings.get(INPUT)!) },
      ...stored.map(({ name, node }) => ({ node, ...gridOf(codings.get(name)!) })),
    ],
    operands,
    sums: network.layers.flatMap((layer) =>
      correctedSums(layer, corrections.get(layer.name)!, units.get(layer.name) ?? 1),
    ),
  };
}

function weightOf({ nodes }: FloatModel, name: string): string {
  const node = nodes.find((each) => each.name === name)!;
  if (!('weight' in node)) throw new Error(`internal: node "${name}" has no weights`);
  return node.weight;
}

function gridOf({ step, zeroPoint, lowCode, highCode }: MapCoding): Grid {
  return { scale: step, low: lowCode - zeroPoint, high: highCode - zeroPoint };
}

/** How an adder layer reads a map that is stored as `coding`, and its weights. */
function operandsOf(coding: MapCoding, shift: number, widths: OperandWidths): Operands {
  const read = operandCoding(coding, shift, widths.actWidth);
  const finer = 2 ** (operandWidth(widths) - widths.actWidth);
  return {
    map: { ...gridOf(read), scale: coding.step, shift },
    weights: weightGrid(read, widths.weightWidth),
    unit: read.step / finer,
  };
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

/** Corrected are the layer's sums, `factor * (y - bias)` of its node's output y in reals: `unit` times y. */
function correctedSums(
  { name, raw }: LoweredLayer,
  { gain, offset }: Correction,
  unit: number,
): CorrectedSums[] {
  const isNeeded = unit !== 1 || gain.some((g) => g !== 1) || offset.some((o) => o !== 0);
  if (!isNeeded) return [];
  const bias = raw.bias ?? new Float32Array(gain.length);
  return [
    {
      node: name,
      gain: gain.map((g) => g * unit),
      offset: offset.map((o, c) => o / raw.factor + (1 - gain[c]) * bias[c]),
    },
  ];
}
