import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useBackend } from '../../../src/train/backend.ts';
import { randomCase, randomData, randomNumbers } from './random-conv.ts';
import { largestError, referenceConv } from './reference-conv.ts';

describe('gradients of stock operations on wasm', () => {
  it('tf.conv2d() has both gradients on random layers', async () => {
    await useBackend('wasm');
    fc.assert(
      fc.property(randomCase(), fc.integer(), (layer, seed) => {
        const { x, f, dy } = randomData(layer, seed);
        const wanted = referenceConv(layer, { x, f, dy });
        tf.tidy(() => {
          const xs = tf.tensor4d(x, [layer.images, layer.rows, layer.cols, layer.inChannels]);
          const filter = tf.tensor4d(f, [
            layer.kernelRows,
            layer.kernelCols,
            layer.inChannels,
            layer.outChannels,
          ]);
          const { stride, padding } = layer;
          const side: [number, number] = [padding, padding];
          const pad: tf.backend_util.ExplicitPadding = [[0, 0], side, side, [0, 0]];
          const convolve = (a: tf.Tensor, b: tf.Tensor) =>
            tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad, 'NHWC', 1, 'floor');
          const y = convolve(xs, filter);
          const [dx, df] = tf.grads(convolve)([xs, filter], tf.tensor(dy, y.shape));
          expect(largestError(dx.dataSync(), wanted.productInput)).toBeLessThan(5e-6);
          expect(largestError(df.dataSync(), wanted.productWeights)).toBeLessThan(5e-6);
        });
      }),
      { numRuns: 60 },
    );
  });

  const maps = fc.record({
    images: fc.integer({ min: 1, max: 3 }),
    side: fc.integer({ min: 3, max: 9 }),
    channels: fc.integer({ min: 1, max: 9 }),
    size: fc.constantFrom(2, 3),
    stride: fc.constantFrom(1, 2),
    pad: fc.constantFrom('same' as const, 'valid' as const),
    seed: fc.integer(),
  });

  it.each([
    ['maxPool', tf.maxPool],
    ['avgPool', tf.avgPool],
  ] as const)('tf.%s() has the gradient of the cpu backend', async (name, operation) => {
    const cases = fc.sample(maps, { numRuns: 40, seed: 3 });
    const results: unknown[][] = [];
    for (const backend of ['wasm', 'cpu'] as const) {
      await useBackend(backend);
      results.push(
        cases.map(({ images, side, channels, size, stride, pad, seed }) => {
          const next = randomNumbers(seed);
          const shape: [number, number, number, number] = [images, side, side, channels];
          const count = images * side * side * channels;
          // A mean beside a border is of fewer values, which the cpu backend's gradient forgets.
          const padding = name === 'avgPool' ? 'valid' : pad;
          return tf.tidy(() => {
            const x = tf.tensor4d(Float32Array.from({ length: count }, next), shape);
            const pool = (a: tf.Tensor) => operation(a as tf.Tensor4D, size, stride, padding);
            const y = pool(x);
            const dy = tf.tensor(Float32Array.from({ length: y.size }, next), y.shape);
            return Array.from(tf.grad(pool)(x, dy).dataSync(), (v) => expect.closeTo(v, 5));
          });
        }),
      );
    }
    expect(results[0].length).toBe(40);
    results[0].forEach((values, i) => {
      const wanted = (results[1][i] as { sample: number }[]).map(({ sample }) => sample);
      expect(wanted).toEqual(values);
    });
  });

  it('tf.avgPool() shares a gradient among the values inside the map', async () => {
    await useBackend('wasm');
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
    const pool = (a: tf.Tensor) => tf.avgPool(a as tf.Tensor4D, 2, 2, 'same');
    // Windows of 4, 2, 2 and 1 values, as in the forward pass: means 3, 4.5, 7.5 and 9.
    expect([...pool(x).dataSync()]).toEqual([3, 4.5, 7.5, 9]);
    const dx = tf.grad(pool)(x, tf.tensor4d([4, 2, 2, 1], [1, 2, 2, 1]));
    expect([...dx.dataSync()]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });

  it('tf.maxPool() gives the gradient to the first of equal values', async () => {
    await useBackend('wasm');
    const x = tf.tensor4d([0, 7, 7, 7], [1, 2, 2, 1]);
    const dx = tf.grad((a) => tf.maxPool(a as tf.Tensor4D, 2, 2, 'valid'))(
      x,
      tf.ones([1, 1, 1, 1]),
    );
    expect([...dx.dataSync()]).toEqual([0, 1, 0, 0]);
  });

  it.each(['wasm', 'cpu'] as const)(
    'tf.relu() has the slope 0 up to 0 and 1 above (%s)',
    async (name) => {
      await useBackend(name);
      const dx = tf.grad((a) => tf.relu(a))(
        tf.tensor1d([-1, 0, 1e-30, 2, -3, 4, 5]),
        tf.tensor1d([1, 2, 3, 4, 5, 6, 7]),
      );
      expect([...dx.dataSync()]).toEqual([0, 0, 3, 4, 0, 6, 7]);
    },
  );
});
