/**
 * @file Adder weights are brought to the ends of their range before fine-tuning, and held there.
 *
 * A weight beyond the range of its input is no other weight to the hardware than one at the end, but for a constant of
 * its channel: `|x - w| = |x - clip(w)| + |w - clip(w)|`. Far outside it could not come back in a short training.
 */
import { type Issue, throwIfAny } from '../../issues.ts';
import { nodeInputs } from '../../model/node-shape.ts';
import type { BatchNormNode, FloatModel, FloatTensor, Rounding } from '../../model/types.ts';
import { lower } from '../../quantize/lower.ts';
import type { Parameter } from '../types.ts';
import {
  type FakeQuantization,
  fakeQuantizationOf,
  type QuantizedOperands,
} from './fake-quantization.ts';
import { parameterView } from './parameters.ts';

/** A model and how it is rounded. */
export interface RoundedModel {
  readonly model: FloatModel;
  readonly rounding: Rounding;
}

/**
 * Clamp the adder weights, and move their constants into the means of the batch normalizations behind them.
 *
 * Neither the network (for inputs within range) nor its integer network computes anything else afterwards. Throws a
 * `DesignError` for adder layers without batch normalization.
 */
export function clampWeights({ model, rounding }: RoundedModel): RoundedModel {
  const layers = new Map(lower(model).layers.map((layer) => [layer.name, layer]));
  const tensors = new Map(model.tensors);
  const moved = new Map<string, Float64Array>();
  const issues: Issue[] = [];
  for (const operands of fakeQuantizationOf(model, rounding).operands) {
    const norm = normBehind(model, operands.node, layers.get(operands.node)!.node);
    if (norm === undefined) {
      issues.push({
        problem: `Cannot fine-tune adder layer "${operands.node}" for few bits: no batch normalization follows it`,
        remedy: 'Fine-tune without --quantize, or add one and train the network again',
      });
      continue;
    }
    const clamped = clampTensor(tensors.get(operands.weight)!, operands);
    moved.set(operands.node, clamped.constants);
    tensors.set(operands.weight, clamped.tensor);
    const mean = tensors.get(norm.mean)!;
    const data = mean.data.map((value, c) => value + clamped.constants[c]);
    tensors.set(norm.mean, { ...mean, data });
  }
  throwIfAny(issues);
  return {
    model: { ...model, tensors },
    rounding: {
      ...rounding,
      layers: rounding.layers.map((layer) => {
        const constants = moved.get(layer.layer);
        if (constants === undefined) return layer;
        // The constants left sums that gain was applied to, and entered a mean that it is not applied to.
        const offset = layer.offset.map((o, c) => o + (layer.gain[c] - 1) * constants[c]);
        return { ...layer, offset };
      }),
    },
  };
}

/** Bring the adder weights in a flat array back to their ranges, in place. */
export function holdWeights(
  layout: readonly Parameter[],
  { operands }: FakeQuantization,
  flat: Float32Array,
): void {
  const byTensor = new Map(operands.map((each) => [each.weight, each]));
  for (const parameter of layout) {
    const grid = byTensor.get(parameter.name);
    if (grid === undefined) continue;
    const [low, high] = endsOf(grid);
    const view = parameterView(parameter, flat);
    for (let i = 0; i < view.length; i++) view[i] = Math.min(Math.max(view[i], low), high);
  }
}

function endsOf({ weights: { scale, low, levels } }: QuantizedOperands): readonly [number, number] {
  return [low, low + (levels - 1) * scale];
}

/** Clip a tensor, output channels first; `constants` add up what was cut off each channel. */
function clampTensor({ shape, data }: FloatTensor, operands: QuantizedOperands) {
  const [low, high] = endsOf(operands);
  const terms = data.length / shape[0];
  const clipped = data.map((w) => Math.min(Math.max(w, low), high));
  const constants = new Float64Array(shape[0]);
  for (let i = 0; i < data.length; i++) {
    constants[Math.floor(i / terms)] += Math.abs(data[i] - clipped[i]);
  }
  return { tensor: { shape, data: clipped }, constants };
}

/** The first batch normalization on the way from a layer's first node to its last. */
function normBehind({ nodes }: FloatModel, first: string, last: string): BatchNormNode | undefined {
  let name = first;
  while (name !== last) {
    const next = nodes.find((node) => nodeInputs(node).includes(name));
    if (next === undefined) return undefined;
    if (next.kind === 'batchNorm') return next;
    name = next.name;
  }
  return undefined;
}
