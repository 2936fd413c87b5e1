import * as tf from '@tensorflow/tfjs-core';
import {
  ADDER_CONV,
  ADDER_INPUT_GRADIENT,
  ADDER_WEIGHT_GRADIENT,
  type AdderAttributes,
} from './adder-kernels.ts';

/**
 * Convolve by absolute differences, AdderNet eq 3: `Y(m,n,t) = -sum |X(m+i,n+j,k) - F(i,j,k,t)|`.
 *
 * x is NHWC, filter HWIO, both float32; `padding` pixels on each side are true zeros, so a padded tap adds `-|F|`.
 * Gradients: of the filter eq 5 (`'full'`: X - F) or eq 4 (`'sign'`: its sign), of x eq 6 (F - X clipped to [-1, 1]); each is
 * computed only when it is asked for. `useBackend` comes first. Throws an internal error when the shapes do not fit.
 */
export function adderConv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  attributes: AdderAttributes,
): tf.Tensor4D {
  const { stride, padding, weightGradient } = attributes;
  return tf
    .engine()
    .runKernel(ADDER_CONV, { x, filter }, { stride, padding, weightGradient }) as tf.Tensor4D;
}

/** How `adderConv2d` is differentiated. */
export const adderGradient: tf.GradConfig = {
  kernelName: ADDER_CONV,
  inputsToSave: ['x', 'filter'],
  gradFunc: (dy, [x, filter], attributes) => {
    const run = (kernel: string) => (): tf.Tensor =>
      tf.engine().runKernel(kernel, { x, filter, dy: dy as tf.Tensor }, attributes) as tf.Tensor;
    return { x: run(ADDER_INPUT_GRADIENT), filter: run(ADDER_WEIGHT_GRADIENT) };
  },
};
