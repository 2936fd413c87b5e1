import type { InputCodes } from '../quantize/types.ts';

/**
 * Turn an image's bytes into the network's input codes, by the table of each channel.
 *
 * `imageBytes` holds one image, row by row, channels fastest; the codes keep that order.
 */
export function inputCodes(
  { input }: { readonly input: InputCodes },
  imageBytes: Uint8Array,
): Uint8Array {
  const channels = input.shape[2];
  if (imageBytes.length !== input.shape[0] * input.shape[1] * channels) {
    throw new Error(
      `internal: an image of ${imageBytes.length} bytes for an input of ${input.shape}`,
    );
  }
  return imageBytes.map((byte, i) => input.codes[(i % channels) * 256 + byte]);
}
