import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawShapes } from '../../../src/demo/draw-shapes.ts';
import { useBackend } from '../../../src/train/backend.ts';
import { AdderConv2D } from '../../../src/train/layers/adder-conv2d.ts';
import { BatchNorm } from '../../../src/train/layers/batch-norm.ts';
import { AdderSgd, adderKernels } from '../../../src/train/optimize/adder-sgd.ts';

beforeAll(async () => {
  await useBackend('cpu');
});

const settings = {
  rate: 0.5,
  momentum: 0.9,
  weightDecay: 0.1,
  localRate: { kind: 'adaptive', eta: 0.2 },
} as const;

describe('AdderSgd', () => {
  it('AdderSgd steps variables as updateTensor() does, keeps momentum, and knows adder kernels', () => {
    const adder = tf.variable(tf.tensor1d([1, -2, 0, 4]), true, 'adder');
    const other = tf.variable(tf.tensor1d([1, -2, 0, 4]), true, 'other');
    const optimizer = new AdderSgd({ ...settings, adderKernels: ['adder'] });
    const gradient = tf.tensor1d([3, 4, 0, 0]);
    optimizer.applyGradients({ adder: gradient, other: gradient });
    // v = s g + 0.1 w with s = 0.2 * sqrt(4) / 5 = 0.08: 0.34, 0.12, 0, 0.4; w - 0.5 v
    expectClose(adder, [0.83, -2.06, 0, 3.8]);
    // s = 1: 3.1, 3.8, 0, 0.4
    expectClose(other, [-0.55, -3.9, 0, 3.8]);
    optimizer.rate = 1;
    optimizer.applyGradients([{ name: 'other', tensor: tf.zeros([4]) }]);
    // v = 0.9 v + 0.1 w: 2.735, 3.03, 0, 0.74
    expectClose(other, [-3.285, -6.93, 0, 3.06]);
    expectClose(adder, [0.83, -2.06, 0, 3.8]);
    expect(optimizer.getConfig()).toEqual({ ...settings, rate: 1, adderKernels: ['adder'] });
    tf.dispose([adder, other, gradient]);
  });

  it('AdderSgd trains a network that was put together with TensorFlow.js', async () => {
    const network = sequential({
      layers: [
        new AdderConv2D({ filters: 4, kernelSize: 12, inputShape: [12, 12, 1] }),
        new BatchNorm(),
        layers.flatten(),
        layers.activation({ activation: 'softmax' }),
      ],
    });
    expect(adderKernels(network)).toEqual([network.layers[0]!.weights[0]!.name]);
    const optimizer = new AdderSgd({
      ...{ rate: 0.1, momentum: 0.9, weightDecay: 5e-4 },
      localRate: settings.localRate,
      adderKernels: adderKernels(network),
    });
    network.compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
    const { images, labels, count } = drawShapes(256, 5);
    const pixels = Float32Array.from(images, (byte) => byte / 128 - 1);
    const x = tf.tensor(pixels, [count, 12, 12, 1]);
    const y = tf.oneHot(tf.tensor1d([...labels], 'int32'), 4);
    const { history } = await network.fit(x, y, { epochs: 6, batchSize: 64, verbose: 0 });
    const losses = history.loss as number[];
    // Guessing among four costs log(4) = 1.386.
    expect(losses.at(-1)).toBeLessThan(0.5 * 1.386);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    network.dispose();
    tf.dispose([x, y]);
  });
});

function expectClose(variable: tf.Tensor, expected: readonly number[]): void {
  const values = variable.dataSync();
  expect(values).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, 5);
}
