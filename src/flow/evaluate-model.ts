import { evaluateFloat } from '../kernels/evaluate-float.ts';
import { evaluateInteger } from '../kernels/evaluate-integer.ts';
import { top1 } from '../kernels/top1.ts';
import type { FloatModel } from '../model/types.ts';
import { type Progress, silent } from '../progress.ts';
import type { QuantizedModel } from '../quantize/types.ts';
import type { Images } from './images.ts';

/** A network, and in which arithmetic it runs. */
export type AnyModel =
  | { readonly kind: 'float'; readonly model: FloatModel }
  | { readonly kind: 'quantized'; readonly model: QuantizedModel };

export interface Evaluation {
  readonly images: number;
  /** Percent of images whose largest logit is that of their label. */
  readonly top1: number;
  /** Class with the largest logit, one byte an image. */
  readonly predictions: Uint8Array;
}

/** Run a network over images. */
export async function evaluateModel(
  { kind, model }: AnyModel,
  { images, labels, count }: Images,
  { threads, progress = silent }: { threads?: number | undefined; progress?: Progress } = {},
): Promise<Evaluation> {
  const batch = { images, count, progress, ...(threads === undefined ? {} : { threads }) };
  const logits =
    kind === 'float'
      ? await evaluateFloat({ model, ...batch })
      : await evaluateInteger({ model, ...batch });
  const classes = logits.length / count;
  const predictions = Uint8Array.from({ length: count }, (_, image) => {
    const row = logits.subarray(image * classes, (image + 1) * classes);
    return row.indexOf(Math.max(...row));
  });
  return { images: count, top1: top1(logits, labels, classes), predictions };
}
