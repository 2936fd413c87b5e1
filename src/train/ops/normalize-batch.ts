/** @file Batch normalization of a training step as one kernel forward and one backward. */
import * as tf from '@tensorflow/tfjs-core';
import { kernelMemoryOf } from './kernel-memory.ts';

const NORMALIZE = 'NormalizeBatch';
const NORMALIZE_GRADIENT = 'NormalizeBatchGradient';

/** A normalized batch and the statistics it was normalized by, `[channels]` each. */
export interface NormalizedBatch<T extends tf.Tensor> {
  readonly y: T;
  readonly mean: tf.Tensor1D;
  /** Biased: divided by the number of values. */
  readonly variance: tf.Tensor1D;
}

/**
 * Normalize by the batch's own statistics over all axes but the last: `y = (x - mean) / sqrt(variance + epsilon) * gamma + beta`.
 *
 * gamma and beta are `[channels]`. Differentiable in x, gamma and beta through y, including y's dependence on the
 * statistics; no gradient flows through the returned mean and variance. `useBackend` comes first.
 */
export function normalizeBatch<T extends tf.Tensor>(
  x: T,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
): NormalizedBatch<T> {
  const channels = x.shape[x.rank - 1];
  if (gamma.size !== channels || beta.size !== channels || x.size === 0) {
    throw new Error(
      `internal: normalization of [${x.shape}] by ${gamma.size} and ${beta.size} values`,
    );
  }
  const [y, mean, variance] = tf
    .engine()
    .runKernel(NORMALIZE, { x, gamma, beta }, { epsilon }) as unknown as [
    T,
    tf.Tensor1D,
    tf.Tensor1D,
  ];
  return { y, mean, variance };
}

type Parts = Parameters<tf.KernelFunc>[0];

/** Tables for up to four channels a lane; see src/kernels/assembly/train-normalize.ts. */
const scratchBytes = (channels: number): number => 40 * 4 * channels;

function forward({ inputs, backend, attrs }: Parts): tf.TensorInfo[] {
  const { x, gamma, beta } = inputs;
  const [channels] = gamma!.shape;
  const pixels = tf.util.sizeFromShape(x!.shape) / channels;
  const { epsilon } = attrs as unknown as { readonly epsilon: number };
  return kernelMemoryOf(backend).run(
    {
      inputs: [x!, gamma!, beta!],
      outputs: [x!.shape, [channels], [channels]],
      scratchBytes: scratchBytes(channels),
    },
    (kernels, { inputs, outputs, scratch }) =>
      kernels.normalizeForward(scratch, ...inputs, ...outputs, pixels, channels, epsilon),
  );
}

function backward({ inputs, backend, attrs }: Parts): tf.TensorInfo[] {
  const { x, gamma, mean, variance, dy } = inputs;
  const [channels] = gamma!.shape;
  const pixels = tf.util.sizeFromShape(x!.shape) / channels;
  const { epsilon } = attrs as unknown as { readonly epsilon: number };
  return kernelMemoryOf(backend).run(
    {
      inputs: [x!, gamma!, mean!, variance!, dy!],
      outputs: [x!.shape, [channels], [channels]],
      scratchBytes: scratchBytes(channels),
    },
    (kernels, { inputs, outputs, scratch }) =>
      kernels.normalizeBackward(scratch, ...inputs, ...outputs, pixels, channels, epsilon),
  );
}

export const normalizeKernels: Readonly<Record<string, tf.KernelFunc>> = {
  [NORMALIZE]: forward,
  [NORMALIZE_GRADIENT]: backward,
};

/** How `normalizeBatch` is differentiated: one kernel gives all three gradients. */
export const normalizeGradient: tf.GradConfig = {
  kernelName: NORMALIZE,
  inputsToSave: ['x', 'gamma'],
  outputsToSave: [false, true, true],
  gradFunc: (dys, [x, gamma, mean, variance], attributes) => {
    const [dy] = dys as tf.Tensor[];
    const [dx, dgamma, dbeta] = tf
      .engine()
      .runKernel(
        NORMALIZE_GRADIENT,
        { x, gamma, mean, variance, dy },
        attributes,
      ) as unknown as tf.Tensor[];
    return { x: () => dx, gamma: () => dgamma, beta: () => dbeta };
  },
};
