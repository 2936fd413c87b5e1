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
  const codes = new Uint8Array(imageBytes.length);
  for (let at = 0; at < codes.length; at += channels) {
    for (let c = 0; c < channels; c++) codes[at + c] = input.codes[c * 256 + imageBytes[at + c]];
  }
  return codes;
}
