import { describe, expect, it } from 'vitest';
import { openTestImages, openTrainingImages } from '../../src/flow/images.ts';
import type { FloatModel } from '../../src/model/types.ts';
import { quantize } from '../../src/quantize/quantize.ts';
import { studyWidths } from '../../src/quantize/study-widths.ts';
import { asTrainingImages } from '../../src/training-images.ts';

const shape = [4, 4, 1] as const;
const request = { source: { name: 'drawn' as const }, limit: 8, shape };
const refusal =
  'Cannot calibrate on these images: no loader of a training split has made them\n' +
  '  Read them with openTrainingImages, or declare your own with asTrainingImages';

describe('quantize()', () => {
  it('takes no test images, by type and by what it remembers of the bytes', async () => {
    const { images, count } = await openTestImages(request);
    const model = {} as FloatModel;
    const widths = { actWidth: 8, weightWidth: 8 };
    // @ts-expect-error The type of test images is plain bytes.
    await expect(quantize({ model, images, count, ...widths })).rejects.toThrow(refusal);
    // @ts-expect-error As above.
    await expect(studyWidths({ model, images, count })).rejects.toThrow(refusal);
  });

  it('takes a part of training images only when it is declared again', async () => {
    const { images, count } = await openTrainingImages(request);
    expect(count).toBe(8);
    const part = images.subarray(0, 16) as typeof images;
    const options = {
      model: {} as FloatModel,
      images: part,
      count: 1,
      actWidth: 8,
      weightWidth: 8,
    };
    await expect(quantize(options)).rejects.toThrow(refusal);
  });
});

describe('asTrainingImages()', () => {
  it('refuses the test split of a data set by its name', () => {
    const loaded = { name: 'cifar10', split: 'test' as const, images: new Uint8Array(3) };
    expect(() => asTrainingImages(loaded)).toThrow(
      'Cannot calibrate on "cifar10": these are images of its test split, only those of the train split may be used\n' +
        '  Read the training split: what is chosen on test images makes their accuracy worthless',
    );
  });
});
