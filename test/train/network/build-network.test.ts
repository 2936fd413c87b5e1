import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawImages } from '../../../src/demo/draw-images.ts';
import { normalizeImage, runFloat } from '../../../src/golden/float.ts';
import { findArchitecture } from '../../../src/model/architectures/registry.ts';
import { readModel } from '../../../src/model/store.ts';
import type { FloatModel, FloatNode } from '../../../src/model/types.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { useBackend } from '../../../src/train/backend.ts';
import { buildNetwork } from '../../../src/train/network/build-network.ts';
import { initialModel } from '../../../src/train/network/initial-model.ts';
import { twinOf } from '../../../src/train/network/twin.ts';
import { everyKind, modelOf, randomTensor } from './small-model.ts';

beforeAll(async () => {
  await useBackend('wasm');
});

/** Largest difference between the network's outputs and the golden model's, by the largest output. */
function relativeError(model: FloatModel, images: readonly Float32Array[]): number {
  const network = buildNetwork(model);
  const predicted = tf.tidy(() => {
    const batch = images.map((image) => tf.tensor3d(image, [...model.inputShape]));
    return (network.predict(tf.stack(batch)) as tf.Tensor).dataSync().slice();
  });
  network.dispose();
  const last = model.nodes.at(-1)!.name;
  const golden = images.flatMap((image) => [...runFloat(model, image).get(last)!.data]);
  expect(predicted.length).toBe(golden.length);
  const largest = Math.max(...golden.map(Math.abs));
  expect(largest).toBeGreaterThan(0.01);
  return Math.max(...golden.map((y, i) => Math.abs(y - predicted[i]))) / largest;
}

const noise = (model: FloatModel, count: number) =>
  Array.from({ length: count }, (_, i) => randomTensor(model.inputShape, 77 + i, [-2, 2]).data);

describe('buildNetwork', () => {
  it('buildNetwork() predicts what the golden model does for every kind of node', () => {
    expect(relativeError(everyKind(), noise(everyKind(), 3))).toBeLessThan(1e-4);
  });

  it('buildNetwork() predicts what the golden model does for the official ResNet-20', async () => {
    const model = await readModel(`${packageRoot}/models/resnet20.model`);
    const size = 32 * 32 * 3;
    const { images: bytes } = drawImages(3, model.inputShape);
    const images = [0, 1, 2].map((i) =>
      normalizeImage(model, bytes.subarray(i * size, (i + 1) * size)),
    );
    // Sums reach 3000 and batch normalization keeps deviations of 2 to 12 of them: single precision costs up to
    // 3000 * 2^-24 / 2 = 1e-4 in each of 20 layers.
    expect(relativeError(model, images)).toBeLessThan(1e-3);
  });

  it.each([
    ['lenet5-bn', initialModel(findArchitecture('lenet5-bn'), 3)],
    ['its twin', initialModel(twinOf(findArchitecture('lenet5-bn')), 3)],
  ])('buildNetwork() predicts what the golden model does for a random %s', (_, model) => {
    expect(relativeError(model, noise(model, 2))).toBeLessThan(1e-4);
  });

  it('buildNetwork() names layers after nodes', () => {
    const model = initialModel(findArchitecture('resnet20'), 1);
    const network = buildNetwork(model);
    const names = network.layers.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(model.nodes.map(({ name }) => name)));
    expect(network.countParams()).toBe(
      [...model.tensors.values()].reduce((sum, { data }) => sum + data.length, 0),
    );
    network.dispose();
  });

  it('buildNetwork() reports everything that cannot be trained at once', () => {
    const nodes: FloatNode[] = [
      { kind: 'adderConv', name: 'a', input: 'input', weight: 'w', stride: 1, padding: 0 },
      { kind: 'adderConv', name: 'b', input: 'a', weight: 'w', stride: 1, padding: 0 },
      { kind: 'maxPool', name: 'p', input: 'b', size: 2, stride: 2, padding: 1 },
    ];
    const model = modelOf([4, 4, 1], nodes, { w: [1, 1, 1, 1] });
    expect(() => buildNetwork(model)).toThrow(
      /node "b": its tensor "w" belongs to node "a" too\n.*\n.*node "p": its maximum pads by 1, only 0/,
    );
    const bare = modelOf([4, 4, 1], [{ kind: 'relu', name: 'r', input: 'input' }], {});
    expect(() => buildNetwork(bare)).toThrow(/none of its 1 nodes has weights/);
  });

  it('buildNetwork() leaves nothing behind when its network is disposed', () => {
    const model = everyKind();
    buildNetwork(model).dispose();
    const before = tf.memory().numTensors;
    buildNetwork(model).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
