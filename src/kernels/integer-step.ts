/**
 * @file The accumulators of one integer layer as kernel calls.
 */
import { actCode, actOperand, weightOperand } from '../fixed/operand.ts';
import type { AdderLayer, ConvLayer, PoolLayer, QuantizedLayer } from '../quantize/types.ts';
import type { Geometry } from './geometry.ts';
import type { Kernels } from './instance.ts';
import { packedLength, packWeights, rowSteps } from './pack-weights.ts';
import type { Workspace } from './workspace.ts';

/** Output channels that the kernels compute together, and taps in a vector of bytes or of 16-bit integers. */
const BLOCK = 4;
const BYTE_VECTOR = 16;
const WIDE_VECTOR = 8;

/** Addresses of the buffers that all layers use in turn. */
interface Scratch {
  readonly padded: number;
  readonly sums: number;
  readonly acc: number;
}

export interface IntegerStepContext<Layer extends QuantizedLayer = QuantizedLayer> {
  readonly layer: Layer;
  readonly geometry: Geometry;
  readonly workspace: Workspace;
  /** Address of the input map's codes. */
  readonly source: number;
  readonly scratch: Scratch;
}

type Run = (kernels: Kernels) => void;

/** Bytes of scratch that a layer needs. */
export function scratchNeeds(kind: QuantizedLayer['kind'], geometry: Geometry): Scratch {
  const { paddedSize, outPixels, output } = geometry;
  return {
    padded: kind === 'conv' ? paddedSize * 2 : paddedSize,
    sums: kind === 'adder' ? outPixels * 4 : 0,
    acc: outPixels * Math.ceil(output[2] / BLOCK) * BLOCK * 4,
  };
}

/** Plan a layer's sums: i32 in `scratch.acc`, channels filled up to a multiple of four. */
export function accumulatorStep(context: IntegerStepContext): Run {
  const { layer } = context;
  switch (layer.kind) {
    case 'adder':
      return adderSums({ ...context, layer });
    case 'conv':
      return productSums({ ...context, layer });
    case 'maxPool':
    case 'sumPool':
      return poolSums({ ...context, layer });
    default:
      layer satisfies never;
      throw new Error('internal: unknown layer kind');
  }
}

/** The input as bytes: framed by the pad code when the layer pads, and changed by `table` (256 bytes) if there is one. */
function paddedBytes(
  { layer, geometry, source, scratch, workspace }: IntegerStepContext,
  table?: Uint8Array,
): (kernels: Kernels) => number {
  const { input, padding } = geometry;
  if (padding === 0 && !table) return () => source;
  const border = table ? table[layer.padCode] : layer.padCode;
  const address = table ? workspace.place(table) : 0;
  return (kernels) => {
    kernels.padCodes(source, scratch.padded, ...input, padding, border, address);
    return scratch.padded;
  };
}

/** The operand of every stored code; nothing when each is its own. */
function operandTable(layer: AdderLayer): Uint8Array | undefined {
  const table = Uint8Array.from({ length: 256 }, (_, code) =>
    actOperand(actCode(code, layer.inputShift, layer), layer),
  );
  return table.some((operand, code) => operand !== code) ? table : undefined;
}

function adderSums(context: IntegerStepContext<AdderLayer>): Run {
  const { layer, geometry, workspace, scratch } = context;
  const { output, kernel, rowTaps, pixelStep, rowStep, mapRow } = geometry;
  const packing = {
    outChannels: output[2],
    kernelRows: kernel[0],
    rowTaps,
    block: BLOCK,
    vector: BYTE_VECTOR,
  };
  const operands = Uint8Array.from(layer.weights, (code) => weightOperand(code, layer));
  const weights = workspace.place(
    packWeights(operands, packing, new Uint8Array(packedLength(packing))),
  );
  const weightSums = workspace.place(sumPerChannel(operands, output[2]));
  const steps = rowSteps(packing);
  const mask = workspace.place(new Uint8Array(steps * BYTE_VECTOR).fill(255, 0, rowTaps));
  const blocks = Math.ceil(output[2] / BLOCK);
  const bytes = paddedBytes(context, operandTable(layer));
  const walk = [kernel[0], steps, pixelStep, rowStep, mapRow];
  return (kernels) => {
    const src = bytes(kernels);
    const { sums, acc } = scratch;
    kernels.windowSums(src, mask, sums, output[0], output[1], ...walk);
    kernels.adderCodes(src, weights, weightSums, sums, acc, output[0], output[1], blocks, ...walk);
  };
}

/** Sum of each output channel's weights, channels filled up to a whole vector. */
function sumPerChannel(operands: Uint8Array, channels: number): Int32Array {
  const sums = new Int32Array(Math.ceil(channels / BLOCK) * BLOCK);
  const terms = operands.length / channels;
  operands.forEach((w, i) => {
    sums[Math.floor(i / terms)] += w;
  });
  return sums;
}

function productSums({
  layer,
  geometry,
  workspace,
  source,
  scratch,
}: IntegerStepContext<ConvLayer>): Run {
  const { input, output, kernel, padding, rowTaps, pixelStep, rowStep, mapRow } = geometry;
  const packing = {
    outChannels: output[2],
    kernelRows: kernel[0],
    rowTaps,
    block: BLOCK,
    vector: WIDE_VECTOR,
  };
  const weights = workspace.place(
    packWeights(layer.weights, packing, new Int16Array(packedLength(packing))),
  );
  const blocks = Math.ceil(output[2] / BLOCK);
  const walk = [kernel[0], rowSteps(packing), pixelStep * 2, rowStep * 2, mapRow * 2];
  return (kernels) => {
    kernels.widenCodes(source, scratch.padded, ...input, padding, layer.padCode);
    kernels.convCodes(scratch.padded, weights, scratch.acc, output[0], output[1], blocks, ...walk);
  };
}

function poolSums(context: IntegerStepContext<PoolLayer>): Run {
  const { layer, geometry, scratch } = context;
  const { output, kernel, stride, paddedCols } = geometry;
  const pitch = Math.ceil(output[2] / BLOCK) * BLOCK;
  const bytes = paddedBytes(context);
  const isMax = Number(layer.kind === 'maxPool');
  return (kernels) =>
    kernels.poolCodes(
      isMax,
      bytes(kernels),
      scratch.acc,
      ...output,
      pitch,
      ...kernel,
      stride,
      paddedCols,
    );
}
