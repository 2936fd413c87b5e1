/**
 * @file Images that nothing but the training split can give: the only ones that `quantize` takes.
 *
 * Whatever is chosen by looking at test images makes their accuracy a lie. A type alone would stop a programmer, not a
 * program without types, so the bytes are remembered too.
 */
import { fail } from './issues.ts';

declare const training: unique symbol;

/** Bytes of training images, `[image, height, width, channels]`; a part of them is no longer known as such. */
export type TrainingImages = Uint8Array & { readonly [training]: true };

const known = new WeakSet<Uint8Array>();

/** What a loader read, and from which split. */
export interface LoadedImages {
  /** What the images are called in messages. */
  readonly name: string;
  readonly split: 'train' | 'test';
  readonly images: Uint8Array;
}

/** Declare what a loader read to be training images; throws a DesignError for any other split. Loaders call this, nobody else. */
export function asTrainingImages({ name, split, images }: LoadedImages): TrainingImages {
  if (split !== 'train') {
    fail(
      `Cannot calibrate on "${name}": these are images of its ${split} split, only those of the train split may be used`,
      'Read the training split: what is chosen on test images makes their accuracy worthless',
    );
  }
  known.add(images);
  return images as TrainingImages;
}

/** Throws a DesignError unless the bytes come from `asTrainingImages`. */
export function checkTrainingImages(images: TrainingImages): void {
  if (known.has(images)) return;
  fail(
    'Cannot calibrate on these images: no loader of a training split has made them',
    'Read them with openTrainingImages, or declare your own with asTrainingImages',
  );
}
