/**
 * @file The LayersModel layers that compute a node.
 *
 * A flat map is `[1, 1, n]` in a `FloatModel` and may be a row `[n]` here, which fully connected layers ask for.
 */
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { elementCount } from '../../model/element-count.ts';
import type { ConvNode, FloatModel, FloatNode, FloatTensor, MapShape } from '../../model/types.ts';
import { AdderConv2D } from '../layers/adder-conv2d.ts';
import { AdderDense } from '../layers/adder-dense.ts';
import { BatchNorm } from '../layers/batch-norm.ts';
import type { Operands } from '../layers/round-to-grid.ts';
import type { WeightGradient } from '../types.ts';

export type Layer = InstanceType<typeof layers.Layer>;

/** What a node's layers depend on beside the node. */
export interface NodeSettings {
  readonly tensors: FloatModel['tensors'];
  readonly weightGradient: WeightGradient;
  /** Grids of an adder node's operands, if they are rounded. */
  readonly operands: Operands | undefined;
  /** Whether batch normalization keeps its running statistics and normalizes by them. */
  readonly frozenStatistics: boolean;
}

/** The layers of a node, to be applied one after the other; the one with the weights bears the node's name. */
export function layersOfNode(node: FloatNode, settings: NodeSettings): readonly Layer[] {
  const { name } = node;
  const { weightGradient, operands } = settings;
  const tensor = (key: string): FloatTensor => settings.tensors.get(key)!;
  // Weights are loaded once the network stands: zeros cost the least.
  const start = { name, kernelInitializer: { className: 'Zeros', config: {} } };
  const adder = { ...start, weightGradient, ...(operands && { operands }) };
  switch (node.kind) {
    case 'adderConv': {
      const [filters, rows, columns] = tensor(node.weight).shape;
      const { stride, padding } = node;
      return [new AdderConv2D({ ...adder, filters, kernelSize: [rows, columns], stride, padding })];
    }
    case 'conv':
      return convolution(node, tensor(node.weight).shape);
    case 'adderLinear': {
      const useBias = node.bias !== undefined;
      return [new AdderDense({ ...adder, units: tensor(node.weight).shape[0], useBias })];
    }
    case 'linear': {
      const useBias = node.bias !== undefined;
      const units = tensor(node.weight).shape[0];
      return [layers.dense({ name, kernelInitializer: 'zeros', units, useBias })];
    }
    case 'batchNorm':
      return [new BatchNorm({ name, epsilon: node.epsilon, frozen: settings.frozenStatistics })];
    case 'relu':
      return [layers.reLU({ name })];
    case 'add':
      return [layers.add({ name })];
    case 'maxPool':
      return [layers.maxPooling2d({ name, poolSize: node.size, strides: node.stride })];
    case 'avgPool':
      return [
        ...zeros(name, node.padding),
        layers.averagePooling2d({ name, poolSize: node.size, strides: node.stride }),
      ];
    case 'flatten':
      return [layers.flatten({ name })];
    default:
      node satisfies never;
      throw new Error('internal: unknown node kind');
  }
}

function convolution(
  { name, bias, stride, padding }: ConvNode,
  [filters, rows, columns]: readonly number[],
): Layer[] {
  // "same" pads symmetrically, and without a copy, only where nothing is left over.
  const isSame = stride === 1 && rows === 2 * padding + 1 && columns === rows;
  const conv = layers.conv2d({
    name,
    filters,
    kernelSize: [rows, columns],
    strides: stride,
    padding: isSame ? 'same' : 'valid',
    useBias: bias !== undefined,
    kernelInitializer: 'zeros',
  });
  return isSame ? [conv] : [...zeros(name, padding), conv];
}

/** A border of zeros; `/` is in no node's name. */
function zeros(name: string, width: number): Layer[] {
  if (width === 0) return [];
  const border: [number, number] = [width, width];
  return [layers.zeroPadding2d({ name: `${name}/padding`, padding: [border, border] })];
}

/** Bring a map to the form that a node reads; `name` names the layer that does it, where one is needed. */
export function formFor(
  { kind }: FloatNode,
  map: SymbolicTensor,
  { name, shape }: { readonly name: string; readonly shape: MapShape },
): SymbolicTensor {
  const isRow = map.rank === 2;
  switch (kind) {
    case 'linear':
    case 'adderLinear': {
      const row = layers.reshape({ name, targetShape: [elementCount(shape)] });
      return isRow ? map : (row.apply(map) as SymbolicTensor);
    }
    case 'batchNorm':
    case 'relu':
      return map;
    default: {
      const pixels = layers.reshape({ name, targetShape: [...shape] });
      return isRow ? (pixels.apply(map) as SymbolicTensor) : map;
    }
  }
}
