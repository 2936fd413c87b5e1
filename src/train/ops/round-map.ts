/** @file Rounding a map to a grid as one kernel forward and one backward. */
import * as tf from '@tensorflow/tfjs-core';
import { runKernel } from './kernel-memory.ts';

const ROUND = 'RoundMap';
const ROUND_GRADIENT = 'RoundMapGradient';

/** The whole numbers of `2^shift` steps of size `scale` from `low` to `high`. */
export interface RoundAttributes {
  readonly scale: number;
  readonly shift: number;
  readonly low: number;
  readonly high: number;
  /** What such a step is in the result. */
  readonly unit: number;
}

/**
 * `y = clamp(round(round(x / scale) / 2^shift), low, high) * unit`, halves upwards as the hardware rounds.
 *
 * The gradient passes as if nothing were rounded, where x lies from the first to the last point, and is zero outside
 * (straight through, Bengio et al., arXiv 1308.3432). `useBackend` comes first.
 */
export function roundMap<T extends tf.Tensor>(x: T, attributes: RoundAttributes): T {
  return tf.engine().runKernel(ROUND, { x }, { ...attributes }) as unknown as T;
}

type Parts = Parameters<tf.KernelFunc>[0];

function forward({ inputs: { x }, backend, attrs }: Parts): tf.TensorInfo {
  const { scale, shift, low, high, unit } = attrs as unknown as RoundAttributes;
  const count = tf.util.sizeFromShape(x!.shape);
  return runKernel(
    backend,
    { inputs: [x!], outputs: [x!.shape], scratchBytes: 0 },
    (kernels, { inputs: [from], outputs: [to] }) =>
      kernels.roundForward(from, to, count, scale, 2 ** shift, low, high, unit),
  );
}

function backward({ inputs: { x, dy }, backend, attrs }: Parts): tf.TensorInfo {
  const { scale, shift, low, high, unit } = attrs as unknown as RoundAttributes;
  const size = scale * 2 ** shift;
  const count = tf.util.sizeFromShape(x!.shape);
  return runKernel(
    backend,
    { inputs: [x!, dy!], outputs: [x!.shape], scratchBytes: 0 },
    (kernels, { inputs: places, outputs: [to] }) =>
      kernels.roundBackward(...places, to, count, low * size, high * size, unit / size),
  );
}

export const roundKernels: Readonly<Record<string, tf.KernelFunc>> = {
  [ROUND]: forward,
  [ROUND_GRADIENT]: backward,
};

/** How `roundMap` is differentiated. */
export const roundGradient: tf.GradConfig = {
  kernelName: ROUND,
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attributes) => ({
    x: () =>
      tf
        .engine()
        .runKernel(ROUND_GRADIENT, { x, dy: dy as tf.Tensor }, attributes) as unknown as tf.Tensor,
  }),
};
