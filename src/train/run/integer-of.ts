import type { FloatModel } from '../../model/types.ts';
import { type QuantizeOptions, quantize } from '../../quantize/quantize.ts';
import type { QuantizedModel } from '../../quantize/types.ts';
import { asTrainingImages } from '../../training-images.ts';
import type { LabelledImages } from '../data/training-set.ts';

/** Training images that a network is quantized on, as `adderforge quantize` does unless it is told otherwise. */
export const CALIBRATION_IMAGES = 512;

/** The first images of a set, at most `CALIBRATION_IMAGES`. */
export function calibrationImages({ name, images, count }: LabelledImages) {
  const taken = Math.min(CALIBRATION_IMAGES, count);
  const part = images.subarray(0, (taken * images.length) / count);
  return { images: asTrainingImages({ name, split: 'train', images: part }), count: taken };
}

/** The integer network of a model that has a rounding. */
export async function integerOf(
  model: FloatModel,
  training: LabelledImages,
  options: Pick<QuantizeOptions, 'threads' | 'progress'>,
): Promise<QuantizedModel> {
  const { widths } = model.rounding!;
  return (await quantize({ model, ...calibrationImages(training), ...widths, ...options })).model;
}
