import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../src/train/backend.ts';
import { FakeQuantize } from '../../../src/train/layers/fake-quantize.ts';
import { roundWithinGrid } from '../../../src/train/layers/round-to-grid.ts';

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

  it.each([
    [{ scale: 0, low: 0, high: 1 }, 'scale is 0'],
    [{ scale: 1, low: 3, high: 3 }, 'range is \\[3,3\\]'],
    [{ scale: 1, low: 0.5, high: 3 }, 'range is \\[0.5,3\\]'],
  ])('FakeQuantize refuses %o', (settings, message) => {
    expect(() => new FakeQuantize(settings)).toThrow(new RegExp(`its ${message}\n`));
  });
});

describe('roundWithinGrid', () => {
  // -1, -0.25, 0.5, 1.25
  const points = { scale: 0.75, low: -1, levels: 4 };

  it('roundWithinGrid() rounds what lies within the ends, leaves the rest, and passes every gradient', () => {
    const w = () => tf.tensor1d([-9, -1, -0.75, -0.5, 0.5, 1, 1.25, 2]);
    expect([...roundWithinGrid(w(), points).dataSync()]).toEqual([
      -9, -1, -1, -0.25, 0.5, 1.25, 1.25, 2,
    ]);
    const dw = tf.grad((at: tf.Tensor) => tf.sum(roundWithinGrid(at, points)))(w());
    expect([...dw.dataSync()]).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
  });
});
