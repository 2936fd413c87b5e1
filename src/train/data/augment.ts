/**
 * @file From the bytes of a training image to the network's input: shifted, mirrored, normalized.
 */
import type { MapShape, Normalization } from '../../model/types.ts';
import type { Augmentation } from '../types.ts';
import { randomOf } from './random.ts';

/** How one image is varied: what lies at (r, c) comes from (r + rows, c + cols) of the image, mirrored after. */
export interface Variation {
  readonly rows: number;
  readonly cols: number;
  readonly mirrored: boolean;
}

/** Tells this use of the seed from the others. */
const AUGMENT = 2;

/** The variation of image `index` in an epoch: a function of its arguments alone. */
export function variationOf(
  { shift, flip }: Augmentation,
  { seed, epoch, index }: { readonly seed: number; readonly epoch: number; readonly index: number },
): Variation {
  const random = randomOf(seed, AUGMENT, epoch, index);
  const step = () => Math.floor(random() * (2 * shift + 1)) - shift;
  return { rows: step(), cols: step(), mirrored: flip && random() < 0.5 };
}

/** For each channel the input value of every byte, `(byte / 255 - mean) / std`: 256 floats a channel. */
export function inputTable({ mean, std }: Normalization): Float32Array {
  const table = new Float32Array(256 * mean.length);
  for (const [c, channelMean] of mean.entries()) {
    for (let byte = 0; byte < 256; byte++) {
      table[256 * c + byte] = (byte / 255 - channelMean) / std[c];
    }
  }
  return table;
}

/** Where an image comes from and goes to; `target` holds `h * w * c` floats. */
export interface ImageInput {
  readonly image: Uint8Array;
  readonly shape: MapShape;
  readonly table: Float32Array;
  readonly target: Float32Array;
}

/** Write a varied image as network input; what is shifted in from outside is black (byte 0) and normalized like the rest. */
export function fillInput({ image, shape, table, target }: ImageInput, variation: Variation): void {
  const [height, width, channels] = shape;
  let next = 0;
  for (let r = 0; r < height; r++) {
    const row = r + variation.rows;
    const inRows = row >= 0 && row < height;
    for (let c = 0; c < width; c++) {
      const col = (variation.mirrored ? width - 1 - c : c) + variation.cols;
      const inside = inRows && col >= 0 && col < width;
      const from = (row * width + col) * channels;
      for (let k = 0; k < channels; k++) {
        target[next++] = table[256 * k + (inside ? image[from + k] : 0)];
      }
    }
  }
}
