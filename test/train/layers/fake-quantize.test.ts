import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../src/train/backend.ts';
import { FakeQuantize } from '../../../src/train/layers/fake-quantize.ts';
import { weightOperands } from '../../../src/train/layers/round-to-grid.ts';

beforeAll(async () => {
  await useBackend('wasm');
});

// A grid from -1 to 1.5 in steps of 0.5.
const grid = { scale: 0.5, low: -2, high: 3 };
const x = () => tf.tensor1d([-9, -1.1, -1, -0.3, 0.2, 0.7, 1.5, 1.6]);

describe('FakeQuantize', () => {
  it('FakeQuantize gives the nearest point of the grid, and its end outside', () => {
    const y = new FakeQuantize(grid).apply(x()) as tf.Tensor;
    expect([...y.dataSync()]).toEqual([-1, -1, -1, -0.5, 0, 0.5, 1.5, 1.5]);
  });

  it('FakeQuantize passes the gradient inside the range and stops it outside', () => {
    const layer = new FakeQuantize(grid);
    const dx = tf.grad((at: tf.Tensor) => tf.sum(tf.mul(layer.apply(at) as tf.Tensor, 3)))(x());
    // -9, -1.1 and 1.6 lie outside
    expect([...dx.dataSync()]).toEqual([0, 0, 3, 3, 3, 3, 3, 0]);
  });

  it('FakeQuantize rounds halves upwards, and whole steps on to wider ones when it has a shift', () => {
    const halves = new FakeQuantize(grid).apply(tf.tensor1d([-0.75, -0.25, 0.25, 0.75]));
    expect([...(halves as tf.Tensor).dataSync()]).toEqual([-0.5, 0, 0.5, 1]);
    const wide = new FakeQuantize({ scale: 0.1, shift: 2, low: -1, high: 2 });
    // -3, -2, 2, 5, 6, 19 steps of 0.1, read in steps of 0.4: -0.75, -0.5, 0.5, 1.25, 1.5 and beyond the end
    const y = wide.apply(tf.tensor1d([-0.3, -0.2, 0.2, 0.54, 0.6, 1.9])) as tf.Tensor;
    const wanted = [-0.4, 0, 0.4, 0.4, 0.8, 0.8];
    for (const [i, value] of y.dataSync().entries()) expect(value).toBeCloseTo(wanted[i], 6);
    const dx = tf.grad((at: tf.Tensor) => tf.sum(wide.apply(at) as tf.Tensor))(
      tf.tensor1d([-0.41, -0.39, 0.79, 0.81]),
    );
    expect([...dx.dataSync()]).toEqual([0, 1, 1, 0]);
  });

  it.each([
    [{ scale: 0, low: 0, high: 1 }, 'grid.scale is 0'],
    [{ scale: 1, low: 3, high: 3 }, 'grid.range is \\[3,3\\]'],
    [{ scale: 1, low: 0.5, high: 3 }, 'grid.range is \\[0.5,3\\]'],
  ])('FakeQuantize refuses %o', (settings, message) => {
    expect(() => new FakeQuantize(settings)).toThrow(new RegExp(`its ${message}\n`));
  });
});

describe('weightOperands', () => {
  // -1, -0.25, 0.5, 1.25 in steps of 0.25
  const weights = { scale: 0.75, low: -1, levels: 4 };
  const operands = { map: grid, weights, unit: 0.25 };

  it('weightOperands() counts steps of the nearest point, holds the ends, and passes every gradient', () => {
    const w = () => tf.tensor1d([-9, -1, -0.75, -0.5, 0.5, 1, 1.25, 2]);
    const steps = weightOperands(w(), operands).dataSync();
    expect([...steps]).toEqual([-4, -4, -4, -1, 2, 5, 5, 5]);
    const dw = tf.grad((at: tf.Tensor) => tf.sum(weightOperands(at, operands)))(w());
    expect([...dw.dataSync()]).toEqual([4, 4, 4, 4, 4, 4, 4, 4]);
  });
});
