/**
 * @file Convolutions and fully connected layers of a float network as kernel calls.
 */
import type { AdderConvNode, ConvNode, LinearNode, MapShape } from '../model/types.ts';
import { BYTES, type FloatStepContext, paddedSource, type Run } from './float-step-context.ts';
import { type Geometry, geometryOf } from './geometry.ts';
import { packedLength, packWeights } from './pack-weights.ts';

/** Output channels that the convolution kernels compute together. */
const BLOCK = 8;

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

/** Plan a convolution: its weights are packed now. */
export function convolution(context: FloatStepContext<ConvolutionNode>): Run {
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
