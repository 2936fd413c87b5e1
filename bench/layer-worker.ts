/**
 * @file A thread of bench/train.ts: forward and both gradients of one adder layer on its share of the batch.
 */
import { parentPort, workerData } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../src/train/backend.ts';
import { adderConv2d } from '../src/train/ops/adder-conv2d.ts';
import type { LayerStart } from './layer-messages.ts';

const port = parentPort;
if (!port) throw new Error('internal: the layer worker runs as a worker thread only');
const { weights, gradient, images, size, channels } = workerData as LayerStart;

await useBackend('wasm');
const shape: [number, number, number, number] = [images, size, size, channels];
const x = tf.randomUniform<tf.Rank.R4>(shape);
const dy = tf.randomNormal<tf.Rank.R4>(shape);
const derive = tf.grads((input, filter) =>
  adderConv2d(input as tf.Tensor4D, filter as tf.Tensor4D, {
    stride: 1,
    padding: 1,
    weightGradient: 'full',
  }),
);

port.on('message', () => {
  tf.tidy(() => {
    const filter = tf.tensor4d(weights, [3, 3, channels, channels]);
    const [dx, dw] = derive([x, filter], dy);
    if (dx.size !== x.size) throw new Error('internal: the input has no gradient');
    gradient.set(dw.dataSync<'float32'>());
  });
  port.postMessage('done');
});
port.postMessage('ready');
