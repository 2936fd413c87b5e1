import type { Progress } from '../progress.ts';
import { type AnyModel, evaluateModel } from './evaluate-model.ts';
import type { Accuracy } from './flow-types.ts';
import type { Images } from './images.ts';

/** An evaluation as a flow records it: the chosen classes as base64, one byte an image. */
export interface RecordedEvaluation extends Accuracy {
  readonly predictions: string;
}

/** Evaluate, in the form that is recorded. */
export async function evaluateForRecord(
  model: AnyModel,
  images: Images,
  progress: Progress,
): Promise<RecordedEvaluation> {
  const { predictions, ...accuracy } = await evaluateModel(model, images, { progress });
  return { ...accuracy, predictions: Buffer.from(predictions).toString('base64') };
}

/** Percent of images for which two networks choose the same class. */
export function agreement(a: RecordedEvaluation, b: RecordedEvaluation): number {
  const [first, second] = [a, b].map(({ predictions }) => Buffer.from(predictions, 'base64'));
  const same = first!.filter((choice, image) => choice === second![image]).length;
  return (100 * same) / a.images;
}

/** The numbers that are reported. */
export function accuracyOf({ images, top1 }: RecordedEvaluation): Accuracy {
  return { images, top1 };
}
