/**
 * @file One node of a float network as kernel calls. Constants and scratch are reserved when the
 * step is made; the returned function only computes.
 */
import type {
  AdderConvNode,
  BatchNormNode,
  ConvNode,
  FloatModel,
  FloatNode,
  LinearNode,
  MapShape,
  PoolNode,
} from '../model/types.ts';
import { type Geometry, geometryOf } from './geometry.ts';
import type { Kernels } from './instance.ts';
import { packedLength, packWeights } from './pack-weights.ts';
import type { Workspace } from './workspace.ts';

const BYTES = 4;
/** Output channels that the convolution kernels compute together. */
const BLOCK = 8;

/** Where a map lies. */
interface Place {
  readonly address: number;
  readonly shape: MapShape;
}

export interface FloatStepContext<Node extends FloatNode = FloatNode> {
  readonly model: FloatModel;
  readonly node: Node;
  readonly workspace: Workspace;
  readonly place: (name: string) => Place;
}

type Run = (kernels: Kernels) => void;

/** Plan a node. */
export function floatStep(context: FloatStepContext): Run {
  const { node, place } = context;
  const output = place(node.name);
  const count = output.shape[0] * output.shape[1] * output.shape[2];
  switch (node.kind) {
    case 'adderConv':
    case 'conv':
    case 'linear':
    case 'adderLinear':
      return convolution({ ...context, node });
    case 'batchNorm':
      return batchNorm({ ...context, node });
    case 'relu': {
      const { address } = place(node.input);
      return (kernels) => kernels.reluFloat(address, output.address, count);
    }
    case 'add': {
      const [a, b] = node.inputs.map((name) => place(name).address);
      return (kernels) => kernels.addFloat(a, b, output.address, count);
    }
    case 'maxPool':
    case 'avgPool':
      return pooling({ ...context, node });
    case 'flatten': {
      const { address } = place(node.input);
      return (kernels) => kernels.compactFloat(address, output.address, 1, count, count);
    }
    default:
      node satisfies never;
      throw new Error('internal: unknown node kind');
  }
}

type ConvolutionNode = AdderConvNode | ConvNode | LinearNode;

/** Shapes of a convolution; a linear layer is one window over the whole flattened map. */
function convolutionGeometry({ model, node, place }: FloatStepContext<ConvolutionNode>): Geometry {
  const input = place(node.input).shape;
  const output = place(node.name).shape;
  if (!('stride' in node)) {
    const flat: MapShape = [1, 1, input[0] * input[1] * input[2]];
    return geometryOf({ input: flat, output, kernel: [1, 1], stride: 1, padding: 0 });
  }
  const [, kernelRows, kernelCols] = model.tensors.get(node.weight)!.shape;
  const { stride, padding } = node;
  return geometryOf({ input, output, kernel: [kernelRows, kernelCols], stride, padding });
}

function convolution(context: FloatStepContext<ConvolutionNode>): Run {
  const { model, node, workspace, place } = context;
  const geometry = convolutionGeometry(context);
  const { output, kernel, rowTaps } = geometry;
  const channels = output[2];
  const packing = {
    outChannels: channels,
    kernelRows: kernel[0],
    rowTaps,
    block: BLOCK,
    vector: 1,
  };
  const weights = workspace.place(
    packWeights(
      model.tensors.get(node.weight)!.data,
      packing,
      new Float32Array(packedLength(packing)),
    ),
  );
  const blocks = Math.ceil(channels / BLOCK);
  const pitch = blocks * BLOCK;
  const target = place(node.name).address;
  // The kernel writes whole blocks of channels; a partial last block goes through a wider map.
  const wide = pitch === channels ? target : workspace.reserve(geometry.outPixels * pitch * BYTES);
  const source = paddedSource(context, geometry, 0);
  const isAdder = node.kind === 'adderConv' || node.kind === 'adderLinear';
  const start = workspace.place(startOfSums(context, { pitch, sign: isAdder ? -1 : 1 }));
  return (kernels) => {
    const src = source(kernels);
    const convolve = isAdder ? kernels.adderFloat : kernels.convFloat;
    convolve(
      src,
      weights,
      start,
      wide,
      output[0],
      output[1],
      blocks,
      kernel[0],
      rowTaps,
      geometry.pixelStep * BYTES,
      geometry.rowStep * BYTES,
      geometry.mapRow * BYTES,
    );
    if (wide !== target) {
      kernels.compactFloat(wide, target, geometry.outPixels, channels, pitch);
    }
  };
}

/** What the sums start from: the bias, negated for an adder, whose sums are negated at the end. */
function startOfSums(
  { model, node }: FloatStepContext<ConvolutionNode>,
  { pitch, sign }: { readonly pitch: number; readonly sign: 1 | -1 },
): Float32Array {
  const start = new Float32Array(pitch);
  const bias = 'bias' in node && node.bias ? model.tensors.get(node.bias)!.data : [];
  bias.forEach((value, c) => {
    start[c] = sign * value;
  });
  return start;
}

/** The input map, copied into a frame of `border` when the layer pads. */
function paddedSource(
  { node, workspace, place }: FloatStepContext<ConvolutionNode | PoolNode>,
  { input, padding, paddedSize }: Geometry,
  border: number,
): (kernels: Kernels) => number {
  const { address } = place(node.input);
  if (padding === 0) return () => address;
  const padded = workspace.reserve(paddedSize * BYTES);
  return (kernels) => {
    kernels.padFloat(address, padded, ...input, padding, border);
    return padded;
  };
}

/** Running statistics as they are: `(x - mean) / sqrt(variance + epsilon) * gamma + beta`. */
function batchNorm({ model, node, workspace, place }: FloatStepContext<BatchNormNode>): Run {
  const [gamma, beta, mean, variance] = [node.gamma, node.beta, node.mean, node.variance].map(
    (name) => model.tensors.get(name)!.data,
  );
  const { shape, address } = place(node.name);
  const channels = shape[2];
  // Three tables after each other, each filled up to whole vectors.
  const pitch = Math.ceil(channels / 4) * 4;
  const values = new Float32Array(3 * pitch);
  for (let c = 0; c < channels; c++) {
    values[c] = mean[c];
    values[pitch + c] = gamma[c] / Math.sqrt(variance[c] + node.epsilon);
    values[2 * pitch + c] = beta[c];
  }
  const tables = workspace.place(values);
  const source = place(node.input).address;
  const pixels = shape[0] * shape[1];
  return (kernels) => kernels.affineFloat(source, address, tables, pitch * BYTES, pixels, channels);
}

function pooling(context: FloatStepContext<PoolNode>): Run {
  const { node, place } = context;
  const { shape: output, address } = place(node.name);
  const { size, stride, padding } = node;
  const input = place(node.input).shape;
  const geometry = geometryOf({ input, output, kernel: [size, size], stride, padding });
  const isMax = node.kind === 'maxPool';
  const source = paddedSource(context, geometry, isMax ? Number.NEGATIVE_INFINITY : 0);
  return (kernels) =>
    kernels.poolFloat(
      Number(isMax),
      source(kernels),
      address,
      ...output,
      size,
      stride,
      geometry.paddedCols,
    );
}
