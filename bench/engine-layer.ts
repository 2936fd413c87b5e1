/**
 * @file One layer of the engines that evaluate networks, as a function that computes it once: for the benchmarks.
 */
import { floatStep } from '../src/kernels/float-step.ts';
import { geometryOf } from '../src/kernels/geometry.ts';
import { accumulatorStep, scratchNeeds } from '../src/kernels/integer-step.ts';
import type { KernelModule } from '../src/kernels/web-assembly.ts';
import { createWorkspace } from '../src/kernels/workspace.ts';
import { windowCount } from '../src/model/node-shape.ts';
import type { FloatModel, MapShape } from '../src/model/types.ts';
import type { ArrayKind, ArrayLayer } from '../src/quantize/types.ts';

/** A square layer: `size` rows and columns, stride 1. */
export interface LayerSize {
  readonly size: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: number;
  readonly padding: number;
}

/** Rows and columns of the output. */
export function outputSize({ size, kernel, padding }: LayerSize): number {
  return windowCount({ size, kernel, stride: 1, padding });
}

/** Operations an image: one is one `|x - w|` or one `x * w`, with its addition. */
export function operationsOf(layer: LayerSize): number {
  const { inChannels, outChannels, kernel } = layer;
  return outputSize(layer) ** 2 * outChannels * inChannels * kernel ** 2;
}

function shapesOf(layer: LayerSize): { readonly input: MapShape; readonly output: MapShape } {
  const out = outputSize(layer);
  return {
    input: [layer.size, layer.size, layer.inChannels],
    output: [out, out, layer.outChannels],
  };
}

/** The float kernels on one image; weights are packed beforehand. */
export function floatLayer(module: KernelModule, layer: LayerSize, kind: ArrayKind): () => void {
  const { kernel, inChannels, outChannels, padding } = layer;
  const { input, output } = shapesOf(layer);
  const shape = [outChannels, kernel, kernel, inChannels];
  const length = outChannels * kernel * kernel * inChannels;
  const weights = Float32Array.from({ length }, (_, i) => (i % 17) - 8);
  const model: FloatModel = {
    name: 'bench',
    arch: 'bench',
    inputShape: input,
    normalization: { mean: [], std: [] },
    nodes: [],
    tensors: new Map([['w', { shape, data: weights }]]),
    provenance: {},
  };
  const workspace = createWorkspace('bench');
  const reserve = ([rows, cols, channels]: MapShape) =>
    workspace.reserve(rows * cols * channels * 4);
  const source = { address: reserve(input), shape: input };
  const target = { address: reserve(output), shape: output };
  const nodeKind = kind === 'adder' ? 'adderConv' : 'conv';
  const run = floatStep({
    model,
    node: { name: 'y', kind: nodeKind, input: 'input', weight: 'w', stride: 1, padding },
    workspace,
    place: (name) => (name === 'input' ? source : target),
  });
  const { kernels } = workspace.start(module);
  return () => run(kernels);
}

/** The 8-bit kernels on one image, without the post-op. */
export function codeLayer(module: KernelModule, layer: LayerSize, kind: ArrayKind): () => void {
  const { size, kernel, inChannels, outChannels, padding } = layer;
  const geometry = geometryOf({ ...shapesOf(layer), kernel: [kernel, kernel], stride: 1, padding });
  const workspace = createWorkspace('bench');
  const needs = scratchNeeds(kind, geometry);
  const length = outChannels * kernel * kernel * inChannels;
  const array = {
    kind,
    padCode: 0,
    inputShift: 0,
    actWidth: 8,
    weightWidth: 8,
    weights: Int16Array.from({ length }, (_, i) => (2 * i + 1) % 255),
  } as unknown as ArrayLayer; // accumulatorStep reads nothing else of an array layer
  const run = accumulatorStep({
    layer: array,
    geometry,
    workspace,
    source: workspace.reserve(size * size * inChannels),
    scratch: {
      padded: workspace.reserve(needs.padded),
      sums: workspace.reserve(needs.sums),
      acc: workspace.reserve(needs.acc),
    },
  });
  const { kernels } = workspace.start(module);
  return () => run(kernels);
}
