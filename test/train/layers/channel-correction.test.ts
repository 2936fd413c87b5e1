import * as tf from '@tensorflow/tfjs-core';
import { sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../src/train/backend.ts';
import { ChannelCorrection } from '../../../src/train/layers/channel-correction.ts';

beforeAll(async () => {
  await useBackend('wasm');
});

describe('ChannelCorrection', () => {
  it('ChannelCorrection scales and moves each channel, learns nothing, and passes the scaled gradient', () => {
    const layer = new ChannelCorrection({ gain: [2, -1], offset: [0, 10], inputShape: [2] });
    const network = sequential({ layers: [layer] });
    const x = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    expect([...(network.predict(x) as tf.Tensor).dataSync()]).toEqual([2, 8, 6, 6]);
    expect(network.countParams()).toBe(0);
    const dx = tf.grad((at: tf.Tensor) => tf.sum(network.apply(at) as tf.Tensor))(x);
    expect([...dx.dataSync()]).toEqual([2, -1, 2, -1]);
  });

  it('ChannelCorrection refuses lists of different lengths', () => {
    expect(() => new ChannelCorrection({ gain: [1, 2], offset: [0] })).toThrow(
      /its gain and offset is \[2,1\]\n.*equally many/,
    );
  });
});
