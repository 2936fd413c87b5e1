/** @file The adder convolution's three kernels as TensorFlow.js kernels, the same for every backend. */
import type * as tf from '@tensorflow/tfjs-core';
import type { WeightGradient } from '../types.ts';
import { runKernel } from './kernel-memory.ts';
import {
  forwardRecord,
  inputGradientRecord,
  type WindowShape,
  weightGradientRecord,
} from './window-record.ts';

export const ADDER_CONV = 'AdderConv2D';
export const ADDER_INPUT_GRADIENT = 'AdderConv2DInputGradient';
export const ADDER_WEIGHT_GRADIENT = 'AdderConv2DWeightGradient';

/** Attributes of the three kernels. */
export interface AdderAttributes {
  readonly stride: number;
  /** Pixels of true zero on each side. */
  readonly padding: number;
  readonly weightGradient: WeightGradient;
}

/** Kinds of `weightGradient` in src/kernels/assembly/train-weight-gradient.ts. */
export const WEIGHT_GRADIENT_KIND = { product: 0, full: 1, sign: 2 } as const;

/** Shapes of an adder convolution of x (NHWC) by a filter (HWIO). */
export function adderShape(
  x: readonly number[],
  filter: readonly number[],
  { stride, padding }: Pick<AdderAttributes, 'stride' | 'padding'>,
): WindowShape {
  const [images, inRows, inCols, inChannels] = x;
  const [kernelRows, kernelCols, taps, outChannels] = filter;
  const outRows = Math.floor((inRows + 2 * padding - kernelRows) / stride) + 1;
  const outCols = Math.floor((inCols + 2 * padding - kernelCols) / stride) + 1;
  if (taps !== inChannels || outRows < 1 || outCols < 1) {
    throw new Error(
      `internal: adder filter [${filter}] of stride ${stride} and padding ${padding} on a map [${x}]`,
    );
  }
  return {
    images,
    inRows,
    inCols,
    inChannels,
    kernelRows,
    kernelCols,
    strideRows: stride,
    strideCols: stride,
    padTop: padding,
    padLeft: padding,
    outRows,
    outCols,
    outChannels,
  };
}

type Parts = Parameters<tf.KernelFunc>[0];

function forward({ inputs, backend, attrs }: Parts): tf.TensorInfo {
  const { x, filter } = inputs;
  const shape = adderShape(x!.shape, filter!.shape, attrs as unknown as AdderAttributes);
  const output = [shape.images, shape.outRows, shape.outCols, shape.outChannels];
  return runKernel(
    backend,
    { inputs: [x!, filter!], outputs: [output], ...forwardRecord(shape) },
    (kernels, { inputs: [xAt, filterAt], outputs: [yAt], scratch }) =>
      kernels.adderForward(scratch, xAt, filterAt, yAt),
  );
}

function inputGradient({ inputs, backend, attrs }: Parts): tf.TensorInfo {
  const { x, filter, dy } = inputs;
  const shape = adderShape(x!.shape, filter!.shape, attrs as unknown as AdderAttributes);
  return runKernel(
    backend,
    { inputs: [x!, filter!, dy!], outputs: [x!.shape], ...inputGradientRecord(shape) },
    (kernels, { inputs: [xAt, filterAt, dyAt], outputs: [dxAt], scratch }) =>
      kernels.adderInputGradient(scratch, xAt, filterAt, dyAt, dxAt),
  );
}

function weightGradient({ inputs, backend, attrs }: Parts): tf.TensorInfo {
  const { x, filter, dy } = inputs;
  const attributes = attrs as unknown as AdderAttributes;
  const shape = adderShape(x!.shape, filter!.shape, attributes);
  const kind = WEIGHT_GRADIENT_KIND[attributes.weightGradient];
  return runKernel(
    backend,
    { inputs: [x!, filter!, dy!], outputs: [filter!.shape], ...weightGradientRecord(shape) },
    (kernels, { inputs: [xAt, filterAt, dyAt], outputs: [dfAt], scratch }) =>
      kernels.weightGradient(scratch, kind, xAt, filterAt, dyAt, dfAt),
  );
}

export const adderKernels: Readonly<Record<string, tf.KernelFunc>> = {
  [ADDER_CONV]: forward,
  [ADDER_INPUT_GRADIENT]: inputGradient,
  [ADDER_WEIGHT_GRADIENT]: weightGradient,
};
