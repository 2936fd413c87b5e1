import {
  input,
  type LayersModel,
  model as layersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { throwIfAny } from '../../issues.ts';
import { inferShapes } from '../../model/infer-shapes.ts';
import { nodeInputs } from '../../model/node-shape.ts';
import { type FloatModel, INPUT, type MapShape } from '../../model/types.ts';
import { ChannelCorrection } from '../layers/channel-correction.ts';
import { FakeQuantize } from '../layers/fake-quantize.ts';
import type { WeightGradient } from '../types.ts';
import { bindParameters, loadParameters } from './binding.ts';
import { findUntrainable } from './check-trainable.ts';
import type { FakeQuantization } from './fake-quantization.ts';
import { formFor, type Layer, layersOfNode } from './node-layers.ts';
import { flattenParameters, parametersOf } from './parameters.ts';

export interface NetworkOptions {
  /** Of adder layers; default `full`. */
  readonly weightGradient?: WeightGradient;
  /** Round maps and adder weights as the integer network will; batch normalization then keeps its running statistics. */
  readonly quantization?: FakeQuantization;
}

/**
 * Build a LayersModel of a float model, with its weights: normalized images `[batch, height, width, channels]` to
 * `[batch, outputs]`, or to a map if the network ends in one. Layers bear the names of the nodes.
 *
 * Throws a `DesignError` with everything that is inconsistent or cannot be trained: shared tensors, padded
 * maxima. The caller disposes the network.
 */
export function buildNetwork(model: FloatModel, options: NetworkOptions = {}): LayersModel {
  const shapes = new Map<string, MapShape>([[INPUT, model.inputShape], ...inferShapes(model)]);
  throwIfAny(findUntrainable(model));
  const { weightGradient = 'full', quantization } = options;
  const grids = byNode(quantization?.maps);
  const operands = byNode(quantization?.operands);
  const corrections = byNode(quantization?.sums);
  const frozenStatistics = quantization !== undefined;

  const maps = new Map<string, SymbolicTensor>();
  const write = (name: string, map: SymbolicTensor): void => {
    const grid = grids.get(name);
    const codes = grid && new FakeQuantize({ ...grid, name: `${name}/codes` });
    maps.set(name, codes ? (codes.apply(map) as SymbolicTensor) : map);
  };
  const images = input({ shape: [...model.inputShape], name: INPUT });
  write(INPUT, images);
  for (const node of model.nodes) {
    const inputs = nodeInputs(node).map((name, i) => {
      const form = { name: `${node.name}/input${i}`, shape: shapes.get(name)! };
      return formFor(node, maps.get(name)!, form);
    });
    const settings = {
      ...{ tensors: model.tensors, weightGradient, frozenStatistics },
      operands: operands.get(node.name),
    };
    const correction = corrections.get(node.name);
    const corrected = { ...correction!, name: `${node.name}/corrected` };
    const layers = [
      ...layersOfNode(node, settings),
      ...(correction ? [new ChannelCorrection(corrected)] : []),
    ];
    write(node.name, applyAll(layers, inputs));
  }
  const network = layersModel({ inputs: images, outputs: maps.get(model.nodes.at(-1)!.name)! });
  bindParameters(network, model);
  loadParameters(network, parametersOf(model), flattenParameters(model));
  return network;
}

function byNode<T extends { readonly node: string }>(
  entries: readonly T[] = [],
): ReadonlyMap<string, Omit<T, 'node'>> {
  return new Map(entries.map(({ node, ...rest }) => [node, rest]));
}

function applyAll(layers: readonly Layer[], inputs: SymbolicTensor[]): SymbolicTensor {
  const start = inputs.length === 1 ? inputs[0] : inputs;
  return layers.reduce<SymbolicTensor | SymbolicTensor[]>(
    (map, layer) => layer.apply(map) as SymbolicTensor,
    start,
  ) as SymbolicTensor;
}
