/** @file An affine function of each channel as one kernel forward and one backward. */
import * as tf from '@tensorflow/tfjs-core';
import { kernelMemoryOf, runKernel } from './kernel-memory.ts';

const SCALE = 'ScaleChannels';
const SCALE_GRADIENT = 'ScaleChannelsGradient';

/** What each channel is moved and multiplied by, `[channels]` each. */
export interface ChannelScale {
  readonly centre: tf.Tensor;
  readonly gain: tf.Tensor;
  readonly offset: tf.Tensor;
}

/**
 * `y = (x - centre) * gain + offset` over the last axis, differentiable in x, gain and offset.
 *
 * `centre` is a constant. `useBackend` comes first.
 */
export function scaleChannels<T extends tf.Tensor>(x: T, scale: ChannelScale): T {
  const channels = x.shape[x.rank - 1];
  for (const { size } of Object.values(scale) as tf.Tensor[]) {
    if (size !== channels) throw new Error(`internal: ${size} values scale [${x.shape}]`);
  }
  return tf.engine().runKernel(SCALE, { x, ...scale }) as unknown as T;
}

type Parts = Parameters<tf.KernelFunc>[0];

/** Two tables of doubles and three of floats for up to four channels a lane. */
const scratchBytes = (channels: number): number => 28 * 4 * channels;

function sizesOf(x: tf.TensorInfo) {
  const channels = x.shape[x.shape.length - 1];
  return { channels, pixels: tf.util.sizeFromShape(x.shape) / channels };
}

function forward({ inputs, backend }: Parts): tf.TensorInfo {
  const { x, centre, gain, offset } = inputs;
  const { channels, pixels } = sizesOf(x!);
  return runKernel(
    backend,
    {
      inputs: [x!, centre!, gain!, offset!],
      outputs: [x!.shape],
      scratchBytes: scratchBytes(channels),
    },
    (kernels, { inputs: [xAt, ...tables], outputs: [y], scratch }) =>
      kernels.scaleForward(scratch, xAt, ...tables, y, pixels, channels),
  );
}

function backward({ inputs, backend }: Parts): tf.TensorInfo[] {
  const { x, centre, gain, dy } = inputs;
  const { channels, pixels } = sizesOf(x!);
  return kernelMemoryOf(backend).run(
    {
      inputs: [x!, centre!, gain!, dy!],
      outputs: [x!.shape, [channels], [channels]],
      scratchBytes: scratchBytes(channels),
    },
    (kernels, { inputs: places, outputs, scratch }) =>
      kernels.scaleBackward(scratch, ...places, ...outputs, pixels, channels),
  );
}

export const scaleKernels: Readonly<Record<string, tf.KernelFunc>> = {
  [SCALE]: forward,
  [SCALE_GRADIENT]: backward,
};

/** How `scaleChannels` is differentiated: one kernel gives all three gradients. */
export const scaleGradient: tf.GradConfig = {
  kernelName: SCALE,
  inputsToSave: ['x', 'centre', 'gain'],
  gradFunc: (dy, [x, centre, gain]) => {
    const [dx, dgain, doffset] = tf.engine().runKernel(SCALE_GRADIENT, {
      x,
      centre,
      gain,
      dy: dy as tf.Tensor,
    }) as unknown as tf.Tensor[];
    return {
      x: () => dx,
      centre: () => tf.zerosLike(centre),
      gain: () => dgain,
      offset: () => doffset,
    };
  },
};
