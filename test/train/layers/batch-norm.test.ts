import * as tf from '@tensorflow/tfjs-core';
import { sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../src/train/backend.ts';
import { BatchNorm } from '../../../src/train/layers/batch-norm.ts';

beforeAll(async () => {
  await useBackend('wasm');
});

function normWith(terms: readonly number[], epsilon: number) {
  const layer = new BatchNorm({ epsilon, inputShape: [2, 2, 1] });
  const network = sequential({ layers: [layer] });
  layer.setWeights(terms.map((value) => tf.tensor1d([value])));
  return { layer, network };
}

const values = (tensors: tf.Tensor[]) => tensors.map((tensor) => tensor.dataSync()[0]);

describe('BatchNorm', () => {
  it('BatchNorm uses the running statistics and leaves them when it is not training', () => {
    const { layer, network } = normWith([2, 1, 3, 4], 0);
    const y = network.predict(tf.tensor([1, 3, 5, 7], [1, 2, 2, 1])) as tf.Tensor;
    // (x - 3) / sqrt(4) * 2 + 1 = x - 2
    expect([...y.dataSync()]).toEqual([-1, 1, 3, 5]);
    expect(values(layer.getWeights())).toEqual([2, 1, 3, 4]);
  });

  it('BatchNorm uses the statistics of the batch and moves the running ones when it trains', () => {
    const { layer, network } = normWith([2, 1, 3, 4], 0);
    const x = tf.tensor([1, 3, 5, 7], [1, 2, 2, 1]);
    const y = network.apply(x, { training: true }) as tf.Tensor;
    // mean 4, biased variance (9 + 1 + 1 + 9) / 4 = 5
    const wanted = [-3, -1, 1, 3].map((d) => (2 * d) / Math.sqrt(5) + 1);
    for (const [i, value] of y.dataSync().entries()) expect(value).toBeCloseTo(wanted[i], 5);
    const [gamma, beta, mean, variance] = values(layer.getWeights());
    expect([gamma, beta]).toEqual([2, 1]);
    // 0.9 * 3 + 0.1 * 4 and, unbiased, 0.9 * 4 + 0.1 * 5 * 4 / 3
    expect(mean).toBeCloseTo(3.1, 5);
    expect(variance).toBeCloseTo(3.6 + 2 / 3, 5);
  });

  it('BatchNorm that is frozen uses the running statistics in training, leaves them, and learns', () => {
    const layer = new BatchNorm({ epsilon: 0, frozen: true, inputShape: [2, 2, 1] });
    const network = sequential({ layers: [layer] });
    layer.setWeights([2, 1, 3, 4].map((value) => tf.tensor1d([value])));
    const x = tf.tensor([1, 3, 5, 7], [1, 2, 2, 1]);
    const y = network.apply(x, { training: true }) as tf.Tensor;
    expect([...y.dataSync()]).toEqual([-1, 1, 3, 5]);
    expect(values(layer.getWeights())).toEqual([2, 1, 3, 4]);
    const factors = tf.tensor(x.dataSync(), x.shape);
    const apply = (at: tf.Tensor) =>
      tf.sum(tf.mul(network.apply(at, { training: true }) as tf.Tensor, factors)) as tf.Scalar;
    const { grads } = tf.variableGrads(() => apply(x));
    // gamma: sum x (x - 3) / 2; beta: sum x
    expect(Object.values(grads).map((grad) => grad.dataSync()[0])).toEqual([18, 16]);
    // x gamma / deviation
    expect([...tf.grad(apply)(x).dataSync()]).toEqual([1, 3, 5, 7]);
  });

  it('BatchNorm trains gamma and beta only', () => {
    const { network } = normWith([2, 1, 3, 4], 0);
    expect(network.trainableWeights.map(({ originalName }) => originalName.split('/')[1])).toEqual([
      'gamma',
      'beta',
    ]);
  });

  it('BatchNorm keeps the biased variance when a channel has one value only', () => {
    const layer = new BatchNorm({ inputShape: [1] });
    const network = sequential({ layers: [layer] });
    network.apply(tf.tensor2d([[5]]), { training: true });
    const [, , mean, variance] = values(layer.getWeights());
    // 0.9 * 0 + 0.1 * 5 and 0.9 * 1 + 0.1 * 0
    expect(mean).toBeCloseTo(0.5, 6);
    expect(variance).toBeCloseTo(0.9, 6);
  });

  it('BatchNorm refuses a momentum that is no share', () => {
    expect(() => new BatchNorm({ momentum: 1.5 })).toThrow(/its momentum is 1.5\n.*from 0 to 1/);
  });
});
