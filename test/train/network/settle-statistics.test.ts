import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { useBackend } from '../../../src/train/backend.ts';
import { storeParameters } from '../../../src/train/network/binding.ts';
import { buildNetwork } from '../../../src/train/network/build-network.ts';
import {
  flattenParameters,
  isTrained,
  parametersOf,
} from '../../../src/train/network/parameters.ts';
import { settleStatistics } from '../../../src/train/network/settle-statistics.ts';
import { modelOf, norm, normShapes } from './small-model.ts';

beforeAll(async () => {
  await useBackend('wasm');
});

it('settleStatistics() brings the running statistics to those of the batch and changes nothing else', () => {
  const model = modelOf([1, 1, 1], [norm('n', 'input')], normShapes('n', 1));
  const parameters = parametersOf(model);
  const network = buildNetwork(model);
  const images = tf.tensor([10, 14, 12, 20], [4, 1, 1, 1]);
  settleStatistics(network, images);
  const before = tf.memory().numTensors;
  for (let i = 0; i < 150; i++) settleStatistics(network, images);
  expect(tf.memory().numTensors).toBe(before);
  const start = flattenParameters(model);
  const flat = start.slice();
  storeParameters(network, parameters, flat);
  for (const { role, offset } of parameters.filter(isTrained)) {
    expect(flat[offset], role).toBe(start[offset]);
  }
  // mean 14; unbiased variance (16 + 0 + 4 + 36) / 3; 0.9^151 = 1e-7 of the old ones is left
  expect(flat[2]).toBeCloseTo(14, 4);
  expect(flat[3]).toBeCloseTo(56 / 3, 4);
  network.dispose();
});
