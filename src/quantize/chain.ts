/**
 * @file A layer while it is being lowered: one operation, and the affine tail collected behind it.
 *
 * Extending a chain returns a new one; `absorb*` answer `null` where the tail cannot take the node.
 */
import type { BatchNormNode, FloatModel, FloatNode, MapShape } from '../model/types.ts';
import type { LoweredLayer } from './lowered.ts';

/** A layer under construction; `node` is the last node it covers. */
export type Chain = LoweredLayer;

/** What an operation reads and writes; `tensor` is the node that is read, flattened or not. */
export interface ChainPlace {
  readonly tensor: string;
  readonly inputShape: MapShape;
  readonly outputShape: MapShape;
}

type OperationNode = Extract<
  FloatNode,
  { kind: 'adderConv' | 'conv' | 'linear' | 'adderLinear' | 'maxPool' | 'avgPool' }
>;

/** Start a chain at an operation. A fully connected layer is a kernel as large as its map. */
export function startChain(model: FloatModel, node: OperationNode, place: ChainPlace): Chain {
  const base = emptyChain(node.name, place);
  switch (node.kind) {
    case 'adderConv':
    case 'adderLinear':
    case 'conv':
    case 'linear': {
      const isAdder = node.kind === 'adderConv' || node.kind === 'adderLinear';
      const weight = model.tensors.get(node.weight)!;
      const isMap = node.kind === 'adderConv' || node.kind === 'conv';
      const bias = 'bias' in node && node.bias ? model.tensors.get(node.bias)!.data : undefined;
      const channels = place.outputShape[2];
      return {
        ...base,
        kind: isAdder ? 'adder' : 'conv',
        kernel: isMap
          ? [weight.shape[1], weight.shape[2]]
          : [place.inputShape[0], place.inputShape[1]],
        stride: isMap ? node.stride : 1,
        padding: isMap ? node.padding : 0,
        weights: weight.data,
        scale: new Float64Array(channels).fill(isAdder ? -1 : 1),
        offset: bias ? Float64Array.from(bias) : base.offset,
        raw: { node: node.name, factor: isAdder ? -1 : 1, ...(bias ? { bias } : {}) },
      };
    }
    case 'maxPool':
    case 'avgPool': {
      // An average counts padded taps as zeros, so it is the sum divided by a constant.
      const taps = node.kind === 'avgPool' ? node.size * node.size : 1;
      return {
        ...base,
        kind: node.kind === 'avgPool' ? 'sumPool' : 'maxPool',
        kernel: [node.size, node.size],
        stride: node.stride,
        padding: node.padding,
        scale: base.scale.map(() => 1 / taps),
        raw: { node: node.name, factor: taps },
      };
    }
    default:
      node satisfies never;
      throw new Error('internal: unknown operation');
  }
}

/** Start a chain that passes a map through: a 1x1 sum, to which a lone add, BN or ReLU is attached. */
export function passThrough(name: string, place: ChainPlace): Chain {
  return emptyChain(name, place);
}

/** Extend by batch normalization, `gamma * (y - mean) / sqrt(variance + epsilon) + beta`. */
export function absorbBatchNorm(
  chain: Chain,
  node: BatchNormNode,
  model: FloatModel,
): Chain | null {
  if (chain.isRectified) return null;
  const read = (name: string) => model.tensors.get(name)!.data;
  const [gamma, beta, mean, variance] = [
    read(node.gamma),
    read(node.beta),
    read(node.mean),
    read(node.variance),
  ];
  const gain = Float64Array.from(gamma, (g, c) => g / Math.sqrt(variance[c] + node.epsilon));
  return {
    ...chain,
    node: node.name,
    hasBatchNorm: true,
    scale: chain.scale.map((s, c) => s * gain[c]),
    offset: chain.offset.map((o, c) => (o - mean[c]) * gain[c] + beta[c]),
    ...(chain.residual && {
      residual: { ...chain.residual, scale: chain.residual.scale.map((s, c) => s * gain[c]) },
    }),
  };
}

/** Extend by the addition of another map. */
export function absorbAdd(chain: Chain, name: string, residual: string): Chain | null {
  if (chain.isRectified || chain.residual) return null;
  const scale = new Float64Array(chain.outputShape[2]).fill(1);
  return { ...chain, node: name, residual: { input: residual, scale } };
}

/** Extend by a rectifier; a second one changes nothing. */
export function absorbRelu(chain: Chain, name: string): Chain {
  return { ...chain, node: name, isRectified: true };
}

function emptyChain(name: string, { tensor, inputShape, outputShape }: ChainPlace): Chain {
  const channels = outputShape[2];
  return {
    name,
    kind: 'sumPool',
    input: tensor,
    inputShape,
    outputShape,
    kernel: [1, 1],
    stride: 1,
    padding: 0,
    weights: new Float32Array(0),
    scale: new Float64Array(channels).fill(1),
    offset: new Float64Array(channels),
    isRectified: false,
    hasBatchNorm: false,
    raw: { node: tensor, factor: 1 },
    node: name,
  };
}
