import * as tf from '@tensorflow/tfjs-core';
import { sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../src/train/backend.ts';
import { AdderDense } from '../../../src/train/layers/adder-dense.ts';

beforeAll(async () => {
  await useBackend('wasm');
});

describe('AdderDense', () => {
  it('AdderDense gives minus the sum of absolute differences and adds the bias when it has one', () => {
    const layer = new AdderDense({ units: 2, useBias: true, inputShape: [3] });
    const network = sequential({ layers: [layer] });
    // columns are outputs: (0, 2, 4) and (1, -1, 5)
    layer.setWeights([
      tf.tensor2d([
        [0, 1],
        [2, -1],
        [4, 5],
      ]),
      tf.tensor1d([10, -1]),
    ]);
    const y = network.predict(
      tf.tensor2d([
        [1, 2, 3],
        [0, 0, 0],
      ]),
    ) as tf.Tensor;
    // first row: 10 - (1 + 0 + 1) = 8, -1 - (0 + 3 + 2) = -6; second: 10 - 6 = 4, -1 - 7 = -8
    expect([...y.dataSync()]).toEqual([8, -6, 4, -8]);
    expect(network.outputShape).toEqual([null, 2]);
  });

  it('AdderDense gives the gradients of eq 5 and 6', () => {
    const layer = new AdderDense({ units: 1, inputShape: [3] });
    const network = sequential({ layers: [layer] });
    layer.setWeights([tf.tensor2d([0, 1.5, 7], [3, 1])]);
    const x = tf.tensor2d([[1, 2, 3]]);
    const { grads } = tf.variableGrads(() => tf.sum(network.apply(x) as tf.Tensor));
    // x - f
    expect([...Object.values(grads)[0].dataSync()]).toEqual([1, 0.5, -4]);
    const dx = tf.grad((at: tf.Tensor) => tf.sum(network.apply(at) as tf.Tensor))(x);
    // f - x, clipped to [-1, 1]
    expect([...dx.dataSync()]).toEqual([-1, -0.5, 1]);
  });

  it('AdderDense counts in whole steps when it has operands, its bias too', () => {
    const operands = {
      map: { scale: 0.5, low: -2, high: 5 },
      weights: { scale: 0.25, low: -1, levels: 15 },
      unit: 0.25,
    };
    const layer = new AdderDense({ units: 1, useBias: true, operands, inputShape: [2] });
    const network = sequential({ layers: [layer] });
    layer.setWeights([tf.tensor2d([0.7, -9], [2, 1]), tf.tensor1d([1.5])]);
    // Steps of 0.25: x 1.1 is 4, -0.6 is -2; w 0.7 is 3, -9 is the lowest, -4; the bias 6. 6 - |4 - 3| - |-2 + 4|
    const x = tf.tensor2d([[1.1, -0.6]]);
    expect([...(network.predict(x) as tf.Tensor).dataSync()]).toEqual([3]);
    const { grads } = tf.variableGrads(() => tf.sum(network.apply(x) as tf.Tensor));
    // By the reals: a step is 0.25, a difference of 1 step 1, of 2 steps 2; the bias counts 4 steps each.
    expect(Object.values(grads).map((grad) => [...grad.dataSync()])).toEqual([[4, 8], [4]]);
  });
});
