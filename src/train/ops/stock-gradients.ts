/**
 * @file Gradients of ordinary TensorFlow.js operations that the WASM backend lacks or computes slowly: the filter of a
 * convolution (missing), its input, pooling and the rectifier. And `Identity`, which every tensor saved for a
 * gradient goes through: the WASM backend copies its values.
 */
import * as tf from '@tensorflow/tfjs-core';
import { WEIGHT_GRADIENT_KIND } from './adder-kernels.ts';
import { runKernel } from './kernel-memory.ts';
import {
  inputGradientRecord,
  poolRecord,
  type WindowShape,
  weightGradientRecord,
} from './window-record.ts';

const RELU_GRADIENT = 'ReluGradient';

type Parts = Parameters<tf.KernelFunc>[0];
type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

function shapeOf(info: ConvInfo): WindowShape {
  if (info.dataFormat !== 'channelsLast' || info.dilationHeight * info.dilationWidth !== 1) {
    throw new Error('internal: gradients are for maps with channels last and without dilation');
  }
  return {
    images: info.batchSize,
    inRows: info.inHeight,
    inCols: info.inWidth,
    inChannels: info.inChannels,
    kernelRows: info.filterHeight,
    kernelCols: info.filterWidth,
    strideRows: info.strideHeight,
    strideCols: info.strideWidth,
    padTop: info.padInfo.top,
    padLeft: info.padInfo.left,
    outRows: info.outHeight,
    outCols: info.outWidth,
    outChannels: info.outChannels,
  };
}

interface ConvAttributes extends tf.Conv2DBackpropFilterAttrs {
  readonly inputShape: [number, number, number, number];
}

function convShape(
  x: readonly number[],
  filter: readonly number[],
  attrs: Parts['attrs'],
): WindowShape {
  const { strides, pad, dataFormat, dimRoundingMode } = attrs as unknown as ConvAttributes;
  const format = tf.backend_util.convertConv2DDataFormat(dataFormat);
  return shapeOf(
    tf.backend_util.computeConv2DInfo(
      x as [number, number, number, number],
      filter as [number, number, number, number],
      strides,
      1,
      pad,
      dimRoundingMode,
      false,
      format,
    ),
  );
}

function convFilterGradient({ inputs, backend, attrs }: Parts): tf.TensorInfo {
  const { x, dy } = inputs;
  const { filterShape } = attrs as unknown as ConvAttributes;
  const shape = convShape(x!.shape, filterShape, attrs);
  return runKernel(
    backend,
    { inputs: [x!, dy!], outputs: [filterShape], ...weightGradientRecord(shape) },
    (kernels, { inputs: [xAt, dyAt], outputs: [dfAt], scratch }) =>
      kernels.weightGradient(scratch, WEIGHT_GRADIENT_KIND.product, xAt, 0, dyAt, dfAt),
  );
}

function convInputGradient({ inputs, backend, attrs }: Parts): tf.TensorInfo {
  const { dy, filter } = inputs;
  const { inputShape } = attrs as unknown as ConvAttributes;
  const shape = convShape(inputShape, filter!.shape, attrs);
  return runKernel(
    backend,
    { inputs: [dy!, filter!], outputs: [inputShape], ...inputGradientRecord(shape) },
    (kernels, { inputs: [dyAt, filterAt], outputs: [dxAt], scratch }) =>
      kernels.productInputGradient(scratch, filterAt, dyAt, dxAt),
  );
}

function poolGradient({ inputs, backend, attrs }: Parts, isMax: boolean): tf.TensorInfo {
  const { dy, input } = inputs;
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as tf.MaxPoolGradAttrs;
  const shape = shapeOf(
    tf.backend_util.computePool2DInfo(
      input!.shape as [number, number, number, number],
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    ),
  );
  // A mean needs neither the map nor the result: any tensor stands in for them.
  const tensors = isMax ? [input!, inputs.output!, dy!] : [dy!, dy!, dy!];
  return runKernel(
    backend,
    { inputs: tensors, outputs: [input!.shape], ...poolRecord(shape) },
    (kernels, { inputs: [xAt, yAt, dyAt], outputs: [dxAt], scratch }) =>
      kernels.poolGradient(scratch, Number(isMax), xAt, yAt, dyAt, dxAt, shape.inChannels),
  );
}

function reluGradient({ inputs, backend }: Parts): tf.TensorInfo {
  const { x, dy } = inputs;
  const count = tf.util.sizeFromShape(x!.shape);
  return runKernel(
    backend,
    { inputs: [x!, dy!], outputs: [x!.shape], scratchBytes: 0 },
    (kernels, { inputs: [xAt, dyAt], outputs: [dxAt] }) =>
      kernels.reluGradient(xAt, dyAt, dxAt, count),
  );
}

/** Tensors never change, so a second one may have the same values. */
function identity({ inputs, backend }: Parts): tf.TensorInfo {
  const { dataId, shape, dtype } = inputs.x!;
  (backend as tf.KernelBackend).incRef(dataId);
  return { dataId, shape, dtype };
}

/** For every backend. */
export const reluKernels: Readonly<Record<string, tf.KernelFunc>> = {
  [RELU_GRADIENT]: reluGradient,
};

/** For the WASM backend, in place of its own. */
export const wasmKernels: Readonly<Record<string, tf.KernelFunc>> = {
  [tf.Conv2DBackpropFilter]: convFilterGradient,
  [tf.Conv2DBackpropInput]: convInputGradient,
  [tf.MaxPoolGrad]: (parts) => poolGradient(parts, true),
  [tf.AvgPoolGrad]: (parts) => poolGradient(parts, false),
  [tf.Identity]: identity,
};

/** How the rectifier is differentiated: 0 at 0. */
export const reluGradientConfig: tf.GradConfig = {
  kernelName: tf.Relu,
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({
    x: () => tf.engine().runKernel(RELU_GRADIENT, { x, dy: dy as tf.Tensor }) as tf.Tensor,
  }),
};
