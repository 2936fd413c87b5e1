/**
 * @file The rounding that a network was fine-tuned with, from and to the form in which quantization works with it.
 *
 * Its constants were trained behind these codings and corrections. Others, chosen or measured anew, would be those
 * of another network.
 */
import type { OperandWidths } from '../fixed/operand.ts';
import { throwIfAny } from '../issues.ts';
import { quote } from '../model/names.ts';
import { type FloatModel, INPUT, type LayerRounding, type Rounding } from '../model/types.ts';
import type { FoldedWeights } from './fold-weights.ts';
import type { LoweredLayer, LoweredNetwork } from './lowered.ts';
import type { Reading } from './match-moments.ts';
import type { ChosenCodings } from './observed.ts';
import { type QuantizeWidths, widthsOf } from './widths.ts';

/** How a layer's integer sums are corrected. */
export type Correction = Pick<LayerRounding, 'gain' | 'offset'>;

/** A layer with what was found for it. */
export interface RoundedLayer {
  readonly layer: LoweredLayer;
  readonly widths: OperandWidths;
  readonly folded: FoldedWeights;
  readonly reading: Reading;
}

/** The codings of a rounding, and its corrections by layer. */
export interface TrainedRounding extends ChosenCodings {
  readonly corrections: ReadonlyMap<string, Correction>;
}

/** Write down how a network is rounded. */
export function recordRounding(
  { codings, shifts }: ChosenCodings,
  widths: QuantizeWidths,
  layers: readonly RoundedLayer[],
): Rounding {
  const { actWidth, weightWidth, inputWidth, storeWidth } = widths;
  return {
    widths: { actWidth, weightWidth, inputWidth, storeWidth },
    maps: [...codings].map(([layer, coding]) => ({ layer, ...coding })),
    layers: layers.map(({ layer, widths: own, folded, reading }) => ({
      layer: layer.name,
      inputShift: shifts.get(layer.name) ?? 0,
      actWidth: own.actWidth,
      weightWidth: own.weightWidth,
      ...correctionOf(layer, folded, reading),
    })),
  };
}

/** What turns the sums of the folded weights into the reading. */
function correctionOf(layer: LoweredLayer, folded: FoldedWeights, reading: Reading): Correction {
  const channels = layer.outputShape[2];
  // What passes a map through has no sums of its own that a network under training could correct.
  if (layer.raw.node !== layer.name) {
    return { gain: new Array(channels).fill(1), offset: new Array(channels).fill(0) };
  }
  const gain = Array.from(reading.unit, (unit, c) =>
    folded.unit[c] === 0 ? 1 : unit / folded.unit[c],
  );
  const offset = gain.map((g, c) => reading.constant[c] - g * folded.constant[c]);
  return { gain, offset };
}

/** Apply a correction to the sums of folded weights. */
export function correctReading({ unit, constant }: Reading, { gain, offset }: Correction): Reading {
  return {
    unit: unit.map((u, c) => gain[c] * u),
    constant: constant.map((k, c) => gain[c] * k + offset[c]),
  };
}

/**
 * The rounding of a model, if it was trained for these widths.
 *
 * Throws a `DesignError` when it does not belong to the model's graph.
 */
export function trainedRounding(
  { name, rounding }: FloatModel,
  { layers }: LoweredNetwork,
  widths: QuantizeWidths,
): TrainedRounding | undefined {
  if (rounding === undefined || !hasWidths(rounding, widths)) return undefined;
  const codings = new Map(rounding.maps.map(({ layer, ...coding }) => [layer, coding]));
  const byLayer = new Map(rounding.layers.map((each) => [each.layer, each]));
  const missing = [
    ...[INPUT, ...layers.map((layer) => layer.name)].filter((map) => !codings.has(map)),
    ...layers
      .filter((layer) => {
        const { gain, offset } = byLayer.get(layer.name) ?? { gain: [], offset: [] };
        const channels = layer.outputShape[2];
        return gain.length !== channels || offset.length !== channels;
      })
      .map((layer) => layer.name),
  ];
  throwIfAny(
    [...new Set(missing)].map((map) => ({
      problem: `Cannot use the rounding of model ${quote(name)}: it does not say how ${quote(map)} is rounded`,
      remedy: 'Fine-tune the model again; docs/model-format.md describes the format',
    })),
  );
  const shifts = new Map(layers.map((layer) => [layer.name, byLayer.get(layer.name)!.inputShift]));
  return { codings, shifts, corrections: byLayer };
}

/** Whether a rounding was made for these widths. */
export function hasWidths({ widths: own, layers }: Rounding, widths: QuantizeWidths): boolean {
  const names = ['actWidth', 'weightWidth', 'inputWidth', 'storeWidth'] as const;
  return (
    names.every((name) => own[name] === widths[name]) &&
    layers.every(({ layer, actWidth, weightWidth }) => {
      const wanted = widthsOf(widths, layer);
      return actWidth === wanted.actWidth && weightWidth === wanted.weightWidth;
    })
  );
}
