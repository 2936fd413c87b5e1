import { inputCodes } from '../golden/input-codes.ts';
import type { FloatModel, Normalization } from '../model/types.ts';
import { encode, type MapCoding, type Range } from './map-coding.ts';
import type { InputCodes } from './types.ts';

/** The reals of the 256 bytes of each channel: `(byte / 255 - mean[c]) / std[c]`, 256 a channel. */
export function normalizedBytes({ mean, std }: Normalization): Float32Array {
  return Float32Array.from(
    { length: mean.length * 256 },
    (_, i) => ((i % 256) / 255 - mean[i >> 8]) / std[i >> 8],
  );
}

/** The range that all channels' inputs share: known in full, not estimated. */
export function inputRange(normalization: Normalization): Range {
  const reals = normalizedBytes(normalization);
  return {
    low: reals.reduce((a, b) => Math.min(a, b), 0),
    high: reals.reduce((a, b) => Math.max(a, b), 0),
  };
}

/** Tabulate the codes of all bytes, one table of 256 a channel. */
export function codeInput(model: FloatModel, coding: MapCoding): InputCodes {
  return {
    shape: model.inputShape,
    width: coding.width,
    zeroPoint: coding.zeroPoint,
    codes: encode(normalizedBytes(model.normalization), coding),
  };
}

/** Codes of images, image after image. */
export function codeImages(input: InputCodes, images: Uint8Array, count: number): Uint8Array {
  const size = images.length / count;
  const codes = new Uint8Array(images.length);
  for (let at = 0; at < images.length; at += size) {
    codes.set(inputCodes({ input }, images.subarray(at, at + size)), at);
  }
  return codes;
}
