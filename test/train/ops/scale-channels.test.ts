import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { scaleChannels } from '../../../src/train/ops/scale-channels.ts';
import { useWay, WAYS } from './on-backends.ts';
import { randomNumbers } from './random-conv.ts';

describe.each(WAYS)('scaleChannels on %s', (way) => {
  // One, two and four pixels to a vector, with pixels left over.
  it.each([
    [7, 1],
    [67, 6],
    [130, 4],
    [5, 3],
  ])(
    'scaleChannels() and its gradients are those of their definition: %i pixels of %i channels',
    async (pixels, channels) => {
      await useWay(way);
      const next = randomNumbers(pixels);
      const fill = (length: number, scale: number, offset: number) =>
        Float32Array.from({ length }, () => next() * scale + offset);
      const x = fill(pixels * channels, 3, -3000);
      const dy = fill(pixels * channels, 1, 0);
      const [centre, gain, offset] = [-3000, 0.5, 0].map((mean) => fill(channels, 1, mean));
      const made = tf.tidy(() => {
        const run = (a: tf.Tensor, g: tf.Tensor, o: tf.Tensor) =>
          scaleChannels(a, { centre: tf.tensor1d(centre), gain: g, offset: o });
        const inputs = [tf.tensor2d(x, [pixels, channels]), tf.tensor1d(gain), tf.tensor1d(offset)];
        const y = run(inputs[0], inputs[1], inputs[2]);
        const gradients = tf.grads(run)(inputs, tf.tensor2d(dy, [pixels, channels]));
        return [y, ...gradients].map((tensor) => tensor.dataSync());
      });
      const wanted = [new Float64Array(x.length), new Float64Array(x.length)];
      const [dgain, doffset] = [new Float64Array(channels), new Float64Array(channels)];
      for (let i = 0; i < x.length; i++) {
        const c = i % channels;
        wanted[0][i] = (x[i] - centre[c]) * gain[c] + offset[c];
        wanted[1][i] = dy[i] * gain[c];
        dgain[c] += dy[i] * (x[i] - centre[c]);
        doffset[c] += dy[i];
      }
      for (const [k, values] of [...wanted, dgain, doffset].entries()) {
        for (const [i, value] of values.entries()) expect(made[k][i]).toBeCloseTo(value, 3);
      }
    },
  );
});
