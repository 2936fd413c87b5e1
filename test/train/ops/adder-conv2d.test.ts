import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useBackend } from '../../../src/train/backend.ts';
import { adderConv2d } from '../../../src/train/ops/adder-conv2d.ts';
import { useWay, WAYS } from './on-backends.ts';
import { randomCase, randomData } from './random-conv.ts';
import { type ConvCase, type ConvData, largestError, referenceConv } from './reference-conv.ts';

type Weights = 'full' | 'sign';

function runAdder(layer: ConvCase, { x, f, dy }: ConvData, weightGradient: Weights) {
  const { stride, padding } = layer;
  return tf.tidy(() => {
    const xs = tf.tensor4d(x, [layer.images, layer.rows, layer.cols, layer.inChannels]);
    const filter = tf.tensor4d(f, [
      layer.kernelRows,
      layer.kernelCols,
      layer.inChannels,
      layer.outChannels,
    ]);
    const convolve = (a: tf.Tensor4D, b: tf.Tensor4D) =>
      adderConv2d(a, b, { stride, padding, weightGradient });
    const y = convolve(xs, filter);
    const [dx, df] = tf.grads((a, b) => convolve(a as tf.Tensor4D, b as tf.Tensor4D))(
      [xs, filter],
      tf.tensor(dy, y.shape),
    );
    return { y: y.dataSync(), dx: dx.dataSync(), df: df.dataSync() };
  });
}

describe('adderConv2d', () => {
  it('adderConv2d() computes a case done by hand', async () => {
    await useBackend('wasm');
    const layer = {
      images: 1,
      rows: 1,
      cols: 2,
      inChannels: 1,
      kernelRows: 1,
      kernelCols: 2,
      stride: 1,
      padding: 0,
      outChannels: 2,
    };
    // Channel 0 has F = (1, 5), channel 1 F = (3, 2); X = (3, 4).
    const data = {
      x: Float32Array.of(3, 4),
      f: Float32Array.of(1, 3, 5, 2),
      dy: Float32Array.of(2, -3),
    };
    const full = runAdder(layer, data, 'full');
    // -(|3 - 1| + |4 - 5|) = -3; -(|3 - 3| + |4 - 2|) = -2
    expect([...full.y]).toEqual([-3, -2]);
    // HT(F - X): channel 0 (-1, 1), channel 1 (0, -1); times 2 and -3: (-2 + 0, 2 + 3)
    expect([...full.dx]).toEqual([-2, 5]);
    // (X - F) dY, HWIO: (2 * 2, 0 * -3, -1 * 2, 2 * -3)
    expect([...full.df]).toEqual([4, 0, -2, -6].map((v) => expect.closeTo(v, 5)));
    // sgn(X - F) dY, zero where X = F: (1 * 2, 0 * -3, -1 * 2, 1 * -3)
    expect([...runAdder(layer, data, 'sign').df]).toEqual([2, 0, -2, -3]);
  });

  it.each(WAYS)('adderConv2d() is eq 3, 4, 5 and 6 on random layers (%s)', async (way) => {
    await useWay(way);
    fc.assert(
      fc.property(randomCase(), fc.integer(), (layer, seed) => {
        const data = randomData(layer, seed);
        const wanted = referenceConv(layer, data);
        const full = runAdder(layer, data, 'full');
        const sign = runAdder(layer, data, 'sign');
        expect(largestError(full.y, wanted.y)).toBeLessThan(5e-6);
        expect(largestError(full.dx, wanted.input)).toBeLessThan(5e-6);
        expect(largestError(full.df, wanted.fullWeights)).toBeLessThan(5e-6);
        expect(largestError(sign.df, wanted.signWeights)).toBeLessThan(5e-6);
        expect(sign.dx).toEqual(full.dx);
      }),
      { numRuns: 60 },
    );
  });

  it('adderConv2d() gives the same bits on shared and on copied memory', async () => {
    const layers = fc.sample(randomCase(), { numRuns: 10, seed: 7 });
    const results = [];
    for (const way of WAYS) {
      await useWay(way);
      results.push(layers.map((layer, i) => runAdder(layer, randomData(layer, i), 'full')));
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it('adderConv2d() leaves the neighbours of its outputs alone and frees what it takes', async () => {
    await useWay('wasm, shared');
    const before = tf.memory().numTensors;
    // Six channels: the last vector of every pixel is partial, also at the buffers' ends.
    const layer = {
      images: 3,
      rows: 3,
      cols: 3,
      inChannels: 6,
      kernelRows: 3,
      kernelCols: 3,
      stride: 1,
      padding: 1,
      outChannels: 6,
    };
    const guards = Array.from({ length: 40 }, (_, i) => tf.fill([1 + (i % 7)], i + 1));
    const data = randomData(layer, 1);
    for (let i = 0; i < 20; i++) {
      const odd = guards[2 * i];
      guards[2 * i] = tf.clone(tf.add(odd, 0));
      odd.dispose();
      runAdder(layer, data, 'full');
    }
    guards.forEach((guard, i) => {
      expect(guard.dataSync().every((value) => value === i + 1)).toBe(true);
    });
    tf.dispose(guards);
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(20);
  });

  it('adderConv2d() refuses shapes that do not fit', async () => {
    await useBackend('wasm');
    const x = tf.zeros<tf.Rank.R4>([1, 4, 4, 3]);
    const attributes = { stride: 1, padding: 0, weightGradient: 'full' } as const;
    expect(() => adderConv2d(x, tf.zeros([3, 3, 2, 5]), attributes)).toThrow(/internal: adder/);
    expect(() => adderConv2d(x, tf.zeros([5, 3, 3, 5]), attributes)).toThrow(/internal: adder/);
  });
});
