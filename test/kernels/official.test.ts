import { beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../src/data/dataset.ts';
import { normalizeImage, runFloat } from '../../src/golden/float.ts';
import { inputCodes } from '../../src/golden/input-codes.ts';
import { runGolden } from '../../src/golden/run.ts';
import { evaluateFloat } from '../../src/kernels/evaluate-float.ts';
import { traceInteger } from '../../src/kernels/evaluate-integer.ts';
import { top1 } from '../../src/kernels/top1.ts';
import { importCheckpoint } from '../../src/model/import.ts';
import type { FloatModel } from '../../src/model/types.ts';
import { quantize } from '../../src/quantize/quantize.ts';
import { asTrainingImages } from '../../src/training-images.ts';
import { realData } from '../data/real-data.ts';

const checkpoint = realData('addernet', 'ResNet20-AdderNet.pth');
const images = realData('cifar10', 'test_batch.bin.gz');

describe.skipIf(!checkpoint || !images)('the official ResNet-20 checkpoint', () => {
  let model: FloatModel;
  beforeAll(async () => {
    model = await importCheckpoint({ path: checkpoint!, arch: 'resnet20' });
  });

  it('evaluateFloat() follows runFloat() when the network is the official one', async () => {
    const data = await openDataset({ name: 'cifar10', split: 'test', limit: 2 });
    const logits = await evaluateFloat({ model, images: data.images, count: 2 });
    for (const image of [0, 1]) {
      const input = normalizeImage(model, data.images.subarray(image * 3072, (image + 1) * 3072));
      const expected = [...runFloat(model, input).values()].at(-1)!.data;
      const found = logits.subarray(image * 10, (image + 1) * 10);
      const errors = expected.map((value, i) => Math.abs(value - found[i]));
      // logits reach about 10; single precision through 20 layers whose sums reach 3,000
      expect(Math.max(...errors)).toBeLessThan(0.01);
    }
  });

  it('traceInteger() equals runGolden() in every tensor when the official network is quantized', async () => {
    const training = await openDataset({ name: 'cifar10', split: 'train', limit: 32 });
    const widths = { actWidth: 8, weightWidth: 8 };
    const { model: quantized } = await quantize({
      model,
      ...widths,
      images: asTrainingImages(training),
      count: 32,
    });
    const data = await openDataset({ name: 'cifar10', split: 'test', limit: 3 });
    const keep = ['input', ...quantized.layers.map(({ name }) => name)];
    const maps = await traceInteger({ model: quantized, images: data.images, count: 3, keep });
    for (const image of [0, 1, 2]) {
      const bytes = data.images.subarray(image * 3072, (image + 1) * 3072);
      for (const [name, codes] of runGolden(quantized, inputCodes(quantized, bytes))) {
        const found = maps.get(name)!.subarray(image * codes.length, (image + 1) * codes.length);
        expect(
          found.findIndex((code, i) => code !== codes[i]),
          name,
        ).toBe(-1);
        expect(found.length, name).toBe(codes.length);
      }
    }
  }, 300_000);

  it('evaluateFloat() reaches 91.83 percent when all 10,000 test images are classified', async () => {
    const data = await openDataset({ name: 'cifar10', split: 'test' });
    const logits = await evaluateFloat({ model, images: data.images, count: 10_000 });
    expect(Math.abs(top1(logits, data.labels, 10) - 91.83)).toBeLessThanOrEqual(0.03);
  }, 600_000);
});
