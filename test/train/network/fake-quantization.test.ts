import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawImages } from '../../../src/demo/draw-images.ts';
import { normalizeImage } from '../../../src/golden/float.ts';
import { findArchitecture } from '../../../src/model/architectures/registry.ts';
import { readModel } from '../../../src/model/store.ts';
import type { FloatModel } from '../../../src/model/types.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { quantize } from '../../../src/quantize/quantize.ts';
import { useBackend } from '../../../src/train/backend.ts';
import { buildNetwork } from '../../../src/train/network/build-network.ts';
import { fakeQuantizationOf } from '../../../src/train/network/fake-quantization.ts';
import { gradientStep } from '../../../src/train/network/gradient-step.ts';
import { initialModel } from '../../../src/train/network/initial-model.ts';
import { prepareTuning } from '../../../src/train/network/prepare-tuning.ts';
import { asTrainingImages } from '../../../src/training-images.ts';
import { fitBatchNorms } from '../../quantize/random-architecture.ts';
import { compareCodes, type LayerDifference } from './compare-codes.ts';
import { everyKind } from './small-model.ts';

beforeAll(async () => {
  await useBackend('wasm');
});

const training = (count: number, { inputShape }: FloatModel) =>
  asTrainingImages({ ...drawImages(count, inputShape), name: 'drawn', split: 'train' });

const resnet = () => readModel(`${packageRoot}/models/resnet20.model`);

/** The largest share of differing codes of the layers, and how far the codes are apart at most. */
const worst = (differences: readonly LayerDifference[]) => ({
  share: Math.max(...differences.map(({ share }) => share)),
  most: Math.max(...differences.map(({ most }) => most)),
});

describe('fakeQuantizationOf', () => {
  it('fakeQuantizationOf() stores maps at their width and lets each adder layer read its own bits of them', async () => {
    const model = await resnet();
    const images = training(12, model);
    const options = { model, images, count: 12, threads: 1, actWidth: 4, weightWidth: 4 };
    const { rounding } = await quantize(options);
    const { maps, operands, sums } = fakeQuantizationOf(model, rounding);
    // input, stem, 18 layers of blocks, 2 shortcuts, average pool; the logits have 16 bits and are left out
    expect(maps.length).toBe(23);
    expect(operands.length).toBe(20);
    const stored = new Map(maps.map((map) => [map.node, map]));
    const widthOf = (node: string) => Math.log2(stored.get(node)!.high - stored.get(node)!.low + 1);
    expect(['input', 'relu1', 'layer1.0.relu1', 'layer1.0.relu2'].map(widthOf)).toEqual([
      8, 8, 4, 8,
    ]);
    for (const { map, weights, unit } of operands) {
      expect(map.high - map.low).toBe(15);
      expect(weights.levels).toBe(16);
      expect(unit).toBeCloseTo(map.scale * 2 ** map.shift!, 12);
      expect(weights.scale).toBe(unit);
    }
    const reading = new Map(operands.map(({ node, map }) => [node, map]));
    expect(reading.get('layer1.0.conv2')).toMatchObject({ shift: 0, ...gridOf('layer1.0.relu1') });
    expect(reading.get('layer1.1.conv1')!.scale).toBe(stored.get('layer1.0.relu2')!.scale);
    expect([2, 3, 4]).toContain(reading.get('layer1.1.conv1')!.shift);
    // Sums of every array layer and of the pool are corrected, those of adder layers made reals.
    expect(sums.length).toBe(23);

    function gridOf(node: string) {
      const { scale, low, high } = stored.get(node)!;
      return { scale, low, high };
    }
  });

  it('fakeQuantizationOf() leaves out maxima of codes, which are codes already', async () => {
    const model = initialModel(findArchitecture('lenet5-bn'), 1);
    const images = training(8, model);
    const options = { model, images, count: 8, threads: 1, actWidth: 8, weightWidth: 8 };
    const { maps } = fakeQuantizationOf(model, (await quantize(options)).rounding);
    expect(maps.map(({ node }) => node)).toEqual(['input', 'relu1', 'relu2', 'relu3', 'relu4']);
  });

  it.each([
    [4, 6, 1 / 4],
    [6, 4, 63 / 15],
  ])(
    'fakeQuantizationOf() gives maps of %i and weights of %i bits the same ends',
    async (actWidth, weightWidth, ratio) => {
      const model = initialModel(findArchitecture('lenet5-bn'), 1);
      const images = training(8, model);
      const options = { model, images, count: 8, threads: 1, actWidth, weightWidth };
      const { operands } = fakeQuantizationOf(model, (await quantize(options)).rounding);
      const [{ map, weights }] = operands;
      const step = map.scale * 2 ** map.shift!;
      expect(weights.scale / step).toBeCloseTo(ratio, 9);
      expect(weights.low).toBeCloseTo(map.low * step, 9);
      if (weightWidth < actWidth) {
        expect(weights.low + (weights.levels - 1) * weights.scale).toBeCloseTo(map.high * step, 9);
      }
    },
  );
});

describe('buildNetwork with fake quantization', () => {
  it.each([8, 4, 2])(
    'buildNetwork() computes the integer network of %i bits, every kind of layer',
    async (bits) => {
      const images = Uint8Array.from(
        { length: 32 * 84 },
        (_, i) => Math.imul(i, 0x9e3779b1) >>> 24,
      );
      // A mean of 0.5 would put all bytes half-way between codes.
      const normalization = { mean: [0.45, 0.4], std: [0.25, 0.25] };
      const model = { ...everyKind(), normalization };
      await fitBatchNorms(model, images, 32);
      const found = await compareCodes(model, images, { count: 32, bits, shown: 32 });
      expect(found.map(({ layer }) => layer)).toEqual([
        'input',
        'c1',
        'a1',
        'p1',
        'c2',
        'p2',
        'l1',
        'c3',
        'l2',
      ]);
      // The network's output has 16 bits: the rounding of its constants is some of its codes.
      const { share, most } = worst(found.slice(0, -1));
      expect(most).toBeLessThanOrEqual(1);
      // 15 bits of a multiplier are 1/128 of a code of 8 bits.
      expect(share).toBeLessThan(1 / 64);
      expect(found.at(-1)!.most).toBeLessThanOrEqual(8);
    },
  );

  it('buildNetwork() computes the integer network of ResNet-20 at 4 bits', async () => {
    const { images } = drawImages(8, [32, 32, 3]);
    const sizes = { count: 8, bits: 4, shown: 2 };
    const model = await resnet();
    const found = await compareCodes(model, images, sizes);
    expect(found.length).toBe(24);
    expect(worst(found.slice(0, -1)).most).toBeLessThanOrEqual(1);
    expect(worst(found.slice(0, -1)).share).toBeLessThan(0.005);
  });

  it('gradientStep() reaches every weight through the rounding, and leaves no tensor', async () => {
    const lenet: FloatModel = initialModel(findArchitecture('lenet5-bn'), 1);
    const images = training(8, lenet);
    await fitBatchNorms(lenet, images, 8);
    const options = { model: lenet, images, count: 8, threads: 1, actWidth: 4, weightWidth: 4 };
    const { model, rounding } = await prepareTuning(options);
    const network = buildNetwork(model, { quantization: fakeQuantizationOf(model, rounding) });
    const names = network.layers.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['input/codes', 'relu2/codes', 'fc1/corrected']));
    const gradients = new Float32Array(network.countParams());
    const pixels = [0, 1, 2, 3].map((i) =>
      tf.tensor(normalizeImage(model, images.subarray(i * 784, (i + 1) * 784)), [28, 28, 1]),
    );
    const batch = tf.stack(pixels);
    gradientStep(network, { images: batch, labels: [0, 1, 2, 3] }, gradients);
    const conv1 = gradients.subarray(0, 150);
    expect(conv1.every(Number.isFinite)).toBe(true);
    expect(conv1.filter((g) => g !== 0).length).toBeGreaterThan(140);
    const before = tf.memory().numTensors;
    gradientStep(network, { images: batch, labels: [0, 1, 2, 3] }, gradients);
    expect(tf.memory().numTensors).toBe(before);
    network.dispose();
  });
});
