import * as tf from '@tensorflow/tfjs-core';
import { adderGradient } from './adder-conv2d.ts';
import { adderKernels } from './adder-kernels.ts';
import { normalizeGradient, normalizeKernels } from './normalize-batch.ts';
import { roundGradient, roundKernels } from './round-map.ts';
import { scaleGradient, scaleKernels } from './scale-channels.ts';
import { reluGradientConfig, reluKernels, wasmKernels } from './stock-gradients.ts';

/** TensorFlow.js names of the backends that our kernels run on. */
export const KERNEL_BACKENDS = ['wasm', 'cpu', 'tensorflow'] as const;

/** Register our kernels and gradients with TensorFlow.js; what was registered under the same name is replaced. */
export function registerOps(): void {
  for (const backendName of KERNEL_BACKENDS) {
    const kernels = {
      ...adderKernels,
      ...normalizeKernels,
      ...scaleKernels,
      ...roundKernels,
      ...reluKernels,
      ...(backendName === 'wasm' ? wasmKernels : {}),
    };
    for (const [kernelName, kernelFunc] of Object.entries(kernels)) {
      // TensorFlow.js warns on the console when a name is taken.
      if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
      tf.registerKernel({ kernelName, backendName, kernelFunc });
    }
  }
  const gradients = [
    adderGradient,
    normalizeGradient,
    scaleGradient,
    roundGradient,
    reluGradientConfig,
  ];
  for (const gradient of gradients) {
    if (tf.getGradient(gradient.kernelName)) tf.unregisterGradient(gradient.kernelName);
    tf.registerGradient(gradient);
  }
}
