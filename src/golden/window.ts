import type { QuantizedLayer } from '../quantize/types.ts';

/** An output pixel. */
export interface Pixel {
  readonly row: number;
  readonly col: number;
}

/** Number of codes under one window: `kernelHeight * kernelWidth * channels`. */
export function windowLength({ kernel, inputShape }: QuantizedLayer): number {
  return kernel[0] * kernel[1] * inputShape[2];
}

/**
 * Copy the codes that one output pixel sees into `window`.
 *
 * Order: kernel row, kernel column, channel; the order of OHWI weights, so that term `k` of a window
 * meets weight `k` of a channel. A tap outside the map reads the layer's `padCode`.
 */
export function readWindow(
  layer: QuantizedLayer,
  map: Int32Array,
  { row, col }: Pixel,
  window: Int32Array,
): void {
  const [height, width, channels] = layer.inputShape;
  let k = 0;
  for (let i = 0; i < layer.kernel[0]; i++) {
    for (let j = 0; j < layer.kernel[1]; j++) {
      const m = row * layer.stride - layer.padding + i;
      const n = col * layer.stride - layer.padding + j;
      const isInside = m >= 0 && m < height && n >= 0 && n < width;
      const first = (m * width + n) * channels;
      for (let c = 0; c < channels; c++) window[k++] = isInside ? map[first + c] : layer.padCode;
    }
  }
}
