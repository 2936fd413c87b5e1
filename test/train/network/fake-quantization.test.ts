import * as tf from '@tensorflow/tfjs-core';
import { model as layersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawImages } from '../../../src/demo/draw-images.ts';
import { normalizeImage } from '../../../src/golden/float.ts';
import { traceInteger } from '../../../src/kernels/evaluate-integer.ts';
import { findArchitecture } from '../../../src/model/architectures/registry.ts';
import { readModel } from '../../../src/model/store.ts';
import type { FloatModel } from '../../../src/model/types.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { quantize } from '../../../src/quantize/quantize.ts';
import { useBackend } from '../../../src/train/backend.ts';
import { buildNetwork } from '../../../src/train/network/build-network.ts';
import {
  chooseFakeQuantization,
  type FakeQuantization,
} from '../../../src/train/network/fake-quantization.ts';
import { gradientStep } from '../../../src/train/network/gradient-step.ts';
import { initialModel } from '../../../src/train/network/initial-model.ts';

const COUNT = 12;
const SHAPE = [32, 32, 3] as const;
const { images } = drawImages(COUNT, SHAPE);
let model: FloatModel;

beforeAll(async () => {
  await useBackend('wasm');
  model = await readModel(`${packageRoot}/models/resnet20.model`);
});

const calibration = (actWidth: number, weightWidth: number) =>
  ({ images, count: COUNT, threads: 1, actWidth, weightWidth }) as const;

describe('chooseFakeQuantization', () => {
  it('chooseFakeQuantization() gives each stored map a grid and each adder layer that of its input', async () => {
    const { maps, weights } = await chooseFakeQuantization({ model, ...calibration(8, 8) });
    // input, stem, 18 layers of blocks, 2 shortcuts, average pool; the logits have 16 bits and are left out
    expect(maps.length).toBe(23);
    expect(weights.length).toBe(20);
    const grid = new Map(maps.map((each) => [each.node, each]));
    for (const { node, low, high } of maps) {
      expect(high - low, node).toBe(255);
      // Black and white of a normalized image lie on both sides of zero; what is rectified has no lower half.
      if (node.endsWith('relu1') || node.endsWith('relu2')) expect(low, node).toBe(0);
    }
    expect(grid.get('input')!.low).toBeLessThan(-50);
    const scale = new Map(weights.map((each) => [each.node, each.scale]));
    expect(scale.get('layer1.0.conv1')).toBe(grid.get('relu1')!.scale);
    expect(scale.get('layer1.0.conv2')).toBe(grid.get('layer1.0.relu1')!.scale);
    expect(scale.get('layer2.0.downsample.0')).toBe(grid.get('layer1.2.relu2')!.scale);
  });

  it('chooseFakeQuantization() fits the weights to their own width', async () => {
    const lenet = initialModel(findArchitecture('lenet5-bn'), 1);
    const bytes = drawImages(8, lenet.inputShape).images;
    const choose = async (actWidth: number, weightWidth: number) => {
      const options = { model: lenet, images: bytes, count: 8, threads: 1, actWidth, weightWidth };
      const { maps, weights } = await chooseFakeQuantization(options);
      // Both ends are those of the map.
      const [[map], [grid]] = [maps, weights];
      expect(grid.low).toBeCloseTo(map.low * map.scale, 9);
      expect(grid.low + (grid.levels - 1) * grid.scale).toBeCloseTo(map.high * map.scale, 9);
      return grid.scale / map.scale;
    };
    // Two more bits quarter the step; 15 steps instead of 63 widen it to 63 / 15.
    expect(await choose(6, 8)).toBeCloseTo(1 / 4, 9);
    expect(await choose(6, 4)).toBeCloseTo(63 / 15, 9);
  });

  it('chooseFakeQuantization() leaves out maxima of codes, which are codes already', async () => {
    const lenet = initialModel(findArchitecture('lenet5-bn'), 1);
    const options = { model: lenet, images: drawImages(8, lenet.inputShape).images, count: 8 };
    const { maps } = await chooseFakeQuantization({ ...options, actWidth: 8, weightWidth: 8 });
    expect(maps.map(({ node }) => node)).toEqual(['input', 'relu1', 'relu2', 'relu3', 'relu4']);
  });
});

describe('buildNetwork with fake quantization', () => {
  it.each([
    [8, 8],
    [4, 4],
    [5, 7],
  ])(
    'buildNetwork() sums as the integer network does when maps have %i and weights %i bits',
    async (actWidth, weightWidth) => {
      const lenet = initialModel(findArchitecture('lenet5-bn'), 1);
      const bytes = drawImages(8, lenet.inputShape).images;
      const options = { model: lenet, images: bytes, count: 8, threads: 1, actWidth, weightWidth };
      const quantization = await chooseFakeQuantization(options);
      const integer = (await quantize(options)).model;
      const batch = { model: integer, images: bytes, count: 8, threads: 1 };
      const sums = await traceInteger({ ...batch, keep: ['conv1'], stage: 'accumulator' });

      const network = buildNetwork(lenet, { quantization });
      const first = layersModel({
        inputs: network.inputs,
        outputs: network.getLayer('conv1').output,
      });
      const pixels = Array.from({ length: 8 }, (_, i) =>
        tf.tensor3d(normalizeImage(lenet, bytes.subarray(i * 784, (i + 1) * 784)), [28, 28, 1]),
      );
      const map = (first.predict(tf.stack(pixels)) as tf.Tensor).dataSync<'float32'>();
      // y = -(unit * acc + constant of the channel): the weights' distances to the ends of the range.
      const unit = quantization.weights[0].scale;
      const constants = map.slice(0, 6).map((y, c) => y + unit * sums.get('conv1')![c]);
      const errors = map.map((y, i) =>
        Math.abs(y + unit * sums.get('conv1')![i] - constants[i % 6]),
      );
      expect(errors.length).toBe(8 * 28 * 28 * 6);
      // Single precision: sums of 25 terms reach about 50.
      expect(errors.reduce((a, b) => Math.max(a, b), 0)).toBeLessThan(1e-4);
      expect(constants.every((constant) => constant <= 1e-4)).toBe(true);
      network.dispose();
    },
  );

  it('gradientStep() reaches every weight through the rounding', () => {
    const lenet = initialModel(findArchitecture('lenet5-bn'), 1);
    const scale = 1 / 32;
    const quantization: FakeQuantization = {
      maps: ['input', 'relu1', 'relu2', 'relu3', 'relu4'].map((node) => ({
        ...{ node, scale },
        ...{ low: node === 'input' ? -128 : 0, high: node === 'input' ? 127 : 255 },
      })),
      weights: ['conv1', 'conv2', 'fc1', 'fc2', 'fc3'].map((node) => ({
        ...{ node, scale, low: node === 'conv1' ? -4 : 0, levels: 256 },
      })),
    };
    const network = buildNetwork(lenet, { quantization });
    expect(network.layers.map(({ name }) => name)).toContain('relu2/codes');
    const gradients = new Float32Array(network.countParams());
    const batch = tf.randomUniform([4, 28, 28, 1], -2, 2, 'float32', 1);
    gradientStep(network, { images: batch, labels: [0, 1, 2, 3] }, gradients);
    const conv1 = gradients.subarray(0, 150);
    expect(conv1.every((g) => Number.isFinite(g) && g !== 0)).toBe(true);
    const before = tf.memory().numTensors;
    gradientStep(network, { images: batch, labels: [0, 1, 2, 3] }, gradients);
    expect(tf.memory().numTensors).toBe(before);
    network.dispose();
  });
});
