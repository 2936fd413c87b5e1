/**
 * @file Images and labels in memory that threads share, checked before anything long begins.
 */
import { type Issue, throwIfAny } from '../../issues.ts';
import type { MapShape } from '../../model/types.ts';
import type { TrainSettings } from '../types.ts';

/** Images as bytes, `count * h * w * c`, channels last, and a label each. */
export interface LabelledImages {
  /** What they are called in messages and provenance. */
  readonly name: string;
  readonly shape: MapShape;
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly count: number;
}

/** Move images and labels to shared memory, unless they are there. */
export function shareImages(set: LabelledImages): LabelledImages {
  return { ...set, images: share(set.images), labels: share(set.labels) };
}

function share(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

/** What images are to train or test. */
export interface Network {
  readonly name: string;
  readonly inputShape: MapShape;
  readonly classes: number;
}

/** Whatever keeps images from entering a network; `split` says which they are. */
export function checkImages(
  set: LabelledImages,
  split: 'training' | 'test',
  network: Network,
): Issue[] {
  const issues: Issue[] = [];
  const refuse = (reason: string, remedy: string) =>
    issues.push({ problem: `Cannot use the ${split} images of ${set.name}: ${reason}`, remedy });
  const { shape, labels, count } = set;
  if (shape.some((size, k) => size !== network.inputShape[k])) {
    refuse(
      `they are ${shape.join(' x ')}, "${network.name}" reads ${network.inputShape.join(' x ')}`,
      'Choose a data set of the shape that the network reads, or another recipe',
    );
  }
  const wrong = labels.subarray(0, count).findIndex((label) => label >= network.classes);
  if (wrong >= 0) {
    refuse(
      `image ${wrong} has label ${labels[wrong]}, "${network.name}" knows the labels 0 to ${network.classes - 1}`,
      'Number the labels from 0, or choose a recipe with more classes',
    );
  }
  return issues;
}

/** Whatever is wrong with settings, for `count` training images. */
export function checkSettings(settings: TrainSettings, count: number): Issue[] {
  const { batch, shard } = settings;
  const issues: Issue[] = [];
  const refuse = (problem: string, remedy: string) => issues.push({ problem, remedy });
  if (batch % shard !== 0) {
    refuse(
      `Cannot train with batches of ${batch} images: they cannot be cut into shards of ${shard}`,
      `Choose a batch that is a multiple of ${shard}, or another --shard`,
    );
  }
  if (count < batch) {
    refuse(
      `Cannot train on ${count} images: a single batch takes ${batch}`,
      `Give ${batch} images or more, or a smaller --batch`,
    );
  }
  return issues;
}

/** Throw everything that keeps this training from starting. */
export function checkTraining({
  training,
  test,
  network,
  settings,
}: {
  readonly training: LabelledImages;
  readonly test?: LabelledImages | undefined;
  readonly network: Network;
  readonly settings: TrainSettings;
}): void {
  throwIfAny([
    ...checkImages(training, 'training', network),
    ...(test === undefined ? [] : checkImages(test, 'test', network)),
    ...checkSettings(settings, training.count),
  ]);
}
