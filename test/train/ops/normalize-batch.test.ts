import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeBatch } from '../../../src/train/ops/normalize-batch.ts';
import { useWay, WAYS } from './on-backends.ts';
import { randomNumbers } from './random-conv.ts';

const EPSILON = 1e-5;

interface Batch {
  readonly pixels: number;
  readonly channels: number;
  readonly x: Float32Array;
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  readonly dy: Float32Array;
}

/** A batch whose channels have the given mean and deviation. */
function makeBatch(pixels: number, channels: number, mean: number, seed: number): Batch {
  const next = randomNumbers(seed);
  const fill = (length: number, scale: number, offset: number) =>
    Float32Array.from({ length }, () => next() * scale + offset);
  return {
    pixels,
    channels,
    x: fill(pixels * channels, 3, mean),
    gamma: fill(channels, 1, 0.5),
    beta: fill(channels, 1, 0),
    dy: fill(pixels * channels, 1, 0.3),
  };
}

function run({ pixels, channels, x, gamma, beta, dy }: Batch) {
  return tf.tidy(() => {
    const inputs = [tf.tensor2d(x, [pixels, channels]), tf.tensor1d(gamma), tf.tensor1d(beta)];
    const normalize = (a: tf.Tensor, g: tf.Tensor, b: tf.Tensor) =>
      normalizeBatch(a, g as tf.Tensor1D, b as tf.Tensor1D, EPSILON);
    const { y, mean, variance } = normalize(inputs[0], inputs[1], inputs[2]);
    const gradients = tf.grads((a, g, b) => normalize(a, g, b).y)(
      inputs,
      tf.tensor2d(dy, [pixels, channels]),
    );
    return [y, mean, variance, ...gradients].map((tensor) => tensor.dataSync());
  });
}

/** The same in double precision: y, mean, variance, dx, dgamma, dbeta. */
function reference({ pixels, channels, x, gamma, beta, dy }: Batch): Float64Array[] {
  const [y, dx] = [new Float64Array(x.length), new Float64Array(x.length)];
  const [means, variances, dgamma, dbeta] = [0, 1, 2, 3].map(() => new Float64Array(channels));
  for (let c = 0; c < channels; c++) {
    const places = Array.from({ length: pixels }, (_, p) => p * channels + c);
    const total = (of: (at: number) => number) => places.reduce((sum, at) => sum + of(at), 0);
    const mean = total((at) => x[at]) / pixels;
    const variance = total((at) => (x[at] - mean) ** 2) / pixels;
    const deviation = Math.sqrt(variance + EPSILON);
    const h = (at: number) => (x[at] - mean) / deviation;
    [means[c], variances[c]] = [mean, variance];
    dbeta[c] = total((at) => dy[at]);
    dgamma[c] = total((at) => dy[at] * h(at));
    for (const at of places) {
      y[at] = h(at) * gamma[c] + beta[c];
      const rest = dy[at] - dbeta[c] / pixels - (h(at) * dgamma[c]) / pixels;
      dx[at] = (gamma[c] / deviation) * rest;
    }
  }
  return [y, means, variances, dx, dgamma, dbeta];
}

/** Largest difference, relative to the largest wanted value. */
function distance(actual: ArrayLike<number>, wanted: Float64Array): number {
  expect(actual.length).toBe(wanted.length);
  const size = wanted.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-3);
  return wanted.reduce((largest, value, i) => {
    const error = Math.abs(actual[i] - value) / size;
    return error <= largest ? largest : Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }, 0);
}

describe('normalizeBatch', () => {
  it('normalizeBatch() computes a case done by hand', async () => {
    await useWay('wasm, shared');
    const batch = {
      pixels: 2,
      channels: 1,
      x: Float32Array.of(1, 5),
      gamma: Float32Array.of(2),
      beta: Float32Array.of(10),
      dy: Float32Array.of(1, 0),
    };
    const [y, mean, variance, , dgamma, dbeta] = run(batch);
    // mean 3, variance ((1 - 3)^2 + (5 - 3)^2) / 2 = 4, h = -1 and 1
    expect([mean[0], variance[0]]).toEqual([3, 4]);
    expect(y[0]).toBeCloseTo(8, 4);
    expect(y[1]).toBeCloseTo(12, 4);
    // dbeta = 1 + 0, dgamma = 1 * -1
    expect([dgamma[0], dbeta[0]]).toEqual([expect.closeTo(-1, 4), 1]);
  });

  it.each(WAYS)('normalizeBatch() agrees with double precision (%s)', async (way) => {
    await useWay(way);
    const sizes = fc.record({
      pixels: fc.integer({ min: 3, max: 400 }),
      channels: fc.integer({ min: 1, max: 20 }),
      mean: fc.constantFrom(0, 1, -40),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(sizes, ({ pixels, channels, mean, seed }) => {
        const batch = makeBatch(pixels, channels, mean, seed);
        const wanted = reference(batch);
        run(batch).forEach((actual, i) => {
          expect(distance(actual, wanted[i]), `result ${i}`).toBeLessThan(1e-5);
        });
      }),
      { numRuns: 80 },
    );
  });

  it('normalizeBatch() keeps its precision where the mean is 3221 and the deviation 3', async () => {
    await useWay('wasm, shared');
    const batch = makeBatch(6000, 6, -3221, 5);
    const wanted = reference(batch);
    run(batch).forEach((actual, i) => {
      expect(distance(actual, wanted[i]), `result ${i}`).toBeLessThan(2e-6);
    });
  });

  it('normalizeBatch() has the slopes that small steps show', async () => {
    await useWay('wasm, shared');
    const batch = makeBatch(7, 3, 0, 11);
    const gradients = run(batch).slice(3);
    const loss = (changed: Partial<Batch>): number => {
      const [y] = reference({ ...batch, ...changed });
      return y.reduce((sum, value, i) => sum + value * batch.dy[i], 0);
    };
    const STEP = 2 ** -8;
    for (const [i, key] of (['x', 'gamma', 'beta'] as const).entries()) {
      for (let at = 0; at < batch[key].length; at++) {
        const moved = (by: number) => {
          const values = batch[key].slice();
          values[at] += by;
          return loss({ [key]: values });
        };
        const slope = (moved(STEP) - moved(-STEP)) / (2 * STEP);
        expect(gradients[i][at], `${key} ${at}`).toBeCloseTo(slope, 3);
      }
    }
  });
});
