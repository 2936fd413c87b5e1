/**
 * @file The CIFAR-10 binary format: records of a label byte and 3072 bytes, one plane each for red, green, blue.
 */
import { fail } from '../issues.ts';

export const CIFAR_SIDE = 32;
const PIXELS = CIFAR_SIDE * CIFAR_SIDE;
const CHANNELS = 3;
const CLASSES = 10;
/** Bytes of one image with its label. */
export const CIFAR_RECORD = 1 + CHANNELS * PIXELS;

/** Where `parseCifar` writes: as many images as `labels` has room for, channels last. */
export interface CifarTarget {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

/**
 * Copy the first records of a CIFAR-10 binary file into `target`, planes turned to channels last.
 *
 * Throws a `DesignError` when the file is no whole number of records, has too few, or has a label above 9.
 */
export function parseCifar(bytes: Uint8Array, file: string, target: CifarTarget): void {
  const refuse = (reason: string): never =>
    fail(`Cannot read CIFAR file "${file}": ${reason}`, 'Use an unchanged file of the data set');
  const { images, labels } = target;
  if (bytes.length % CIFAR_RECORD !== 0) {
    refuse(`${bytes.length} bytes are no whole number of ${CIFAR_RECORD}-byte records`);
  }
  const records = bytes.length / CIFAR_RECORD;
  if (records < labels.length) refuse(`${labels.length} images were expected, it holds ${records}`);
  for (let n = 0; n < labels.length; n++) {
    const record = n * CIFAR_RECORD;
    const label = bytes[record];
    if (label >= CLASSES) refuse(`image ${n} has label ${label}, the largest is ${CLASSES - 1}`);
    labels[n] = label;
    const image = n * CHANNELS * PIXELS;
    for (let c = 0; c < CHANNELS; c++) {
      const plane = record + 1 + c * PIXELS;
      for (let p = 0; p < PIXELS; p++) images[image + p * CHANNELS + c] = bytes[plane + p];
    }
  }
}
