import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../src/data/dataset.ts';
import { drawImages } from '../../src/demo/draw-images.ts';
import { inputCodes } from '../../src/golden/input-codes.ts';
import { runGolden } from '../../src/golden/run.ts';
import { evaluateFloat } from '../../src/kernels/evaluate-float.ts';
import { evaluateInteger } from '../../src/kernels/evaluate-integer.ts';
import { top1 } from '../../src/kernels/top1.ts';
import { readModel } from '../../src/model/store.ts';
import type { FloatModel } from '../../src/model/types.ts';
import { packageRoot } from '../../src/package-root.ts';
import { quantize } from '../../src/quantize/quantize.ts';
import { readQuantized } from '../../src/quantize/store.ts';
import type { QuantizedModel } from '../../src/quantize/types.ts';
import { asTrainingImages } from '../../src/training-images.ts';
import { realData } from '../data/real-data.ts';

const MNIST_TEST = 't10k-images-idx3-ubyte.gz';

describe('the embedded LeNet-5-BN', () => {
  let float: FloatModel;
  let integer: QuantizedModel;
  beforeAll(async () => {
    float = await readModel(join(packageRoot, 'models', 'lenet5-bn.model'));
    integer = await readQuantized(join(packageRoot, 'models', 'lenet5-bn-8b.qmodel'));
  });

  it('knows the digits that the program draws, which it was not trained on', async () => {
    const { images, labels, count } = drawImages(200, float.inputShape, 11);
    expect(
      top1(await evaluateFloat({ model: float, images, count }), labels, 10),
    ).toBeGreaterThanOrEqual(97);
    expect(
      top1(await evaluateInteger({ model: integer, images, count }), labels, 10),
    ).toBeGreaterThanOrEqual(97);
  });

  it('gives the golden model’s integers on the fast engine', async () => {
    const { images, count } = drawImages(2, float.inputShape, 12);
    const outputs = await evaluateInteger({ model: integer, images, count });
    for (let n = 0; n < count; n++) {
      const codes = inputCodes(integer, images.subarray(n * 784, (n + 1) * 784));
      const expected = [...runGolden(integer, codes).values()].at(-1)!;
      expect([...outputs.subarray(n * 10, (n + 1) * 10)]).toEqual([...expected]);
    }
  });

  it.skipIf(!realData('mnist', MNIST_TEST))(
    'classifies the test images of MNIST as models/README.md says',
    async () => {
      const { images, labels, count } = await openDataset({ name: 'mnist', split: 'test' });
      // 46 of 10,000 are wrong.
      expect(top1(await evaluateFloat({ model: float, images, count }), labels, 10)).toBe(99.54);
      expect(top1(await evaluateInteger({ model: integer, images, count }), labels, 10)).toBe(
        99.54,
      );
    },
  );

  it.skipIf(!realData('mnist', MNIST_TEST))(
    'loses at most a tenth of a point at 4 bits',
    async () => {
      const train = await openDataset({ name: 'mnist', split: 'train', limit: 512 });
      const calibration = { images: asTrainingImages(train), count: 512 };
      const widths = { actWidth: 4, weightWidth: 4 };
      const { model } = await quantize({ model: float, ...calibration, ...widths });
      const { images, labels, count } = await openDataset({ name: 'mnist', split: 'test' });
      const logits = await evaluateInteger({ model, images, count });
      expect(top1(logits, labels, 10)).toBeGreaterThanOrEqual(99.54 - 0.1);
    },
    300_000,
  );
});
