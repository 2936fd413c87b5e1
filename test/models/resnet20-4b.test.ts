import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataset } from '../../src/data/dataset.ts';
import { evaluateInteger } from '../../src/kernels/evaluate-integer.ts';
import { top1 } from '../../src/kernels/top1.ts';
import { readModel } from '../../src/model/store.ts';
import { packageRoot } from '../../src/package-root.ts';
import { quantize } from '../../src/quantize/quantize.ts';
import { asTrainingImages } from '../../src/training-images.ts';
import { realData } from '../data/real-data.ts';

describe.skipIf(!realData('cifar10', 'test_batch.bin.gz'))(
  'the embedded ResNet-20 of 4 bits',
  () => {
    it('classifies the test images of CIFAR-10 as models/README.md says', async () => {
      const model = await readModel(join(packageRoot, 'models', 'resnet20-4b.model'));
      const train = await openDataset({ name: 'cifar10', split: 'train', limit: 512 });
      const calibration = { images: asTrainingImages(train), count: 512 };
      const widths = { actWidth: 4, weightWidth: 4 };
      const { model: integer, report } = await quantize({ model, ...calibration, ...widths });
      expect(report.isTrained).toBe(true);

      const { images, labels, count } = await openDataset({ name: 'cifar10', split: 'test' });
      const logits = await evaluateInteger({ model: integer, images, count });
      // 846 of 10,000 are wrong.
      expect(top1(logits, labels, 10)).toBe(91.54);
    }, 900_000);
  },
);
