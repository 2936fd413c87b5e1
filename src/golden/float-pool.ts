import type { FloatTensor } from '../model/types.ts';

interface PoolWindow {
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
}

/** Take the largest value of each window; a padded tap is ignored. */
export function maxPool(x: FloatTensor, window: PoolWindow): FloatTensor {
  return overWindows(x, window, (taps) => Math.max(...taps));
}

/** Take the mean of each window; a padded tap counts as zero. */
export function avgPool(x: FloatTensor, window: PoolWindow): FloatTensor {
  const sum = (taps: readonly number[]) => taps.reduce((total, tap) => total + tap, 0);
  return overWindows(x, window, (taps) => sum(taps) / window.size ** 2);
}

/** Reduce the taps of each window that lie inside the map. */
function overWindows(
  x: FloatTensor,
  { size, stride, padding }: PoolWindow,
  reduce: (taps: readonly number[]) => number,
): FloatTensor {
  const [height, width, channels] = x.shape;
  const outHeight = Math.floor((height + 2 * padding - size) / stride) + 1;
  const outWidth = Math.floor((width + 2 * padding - size) / stride) + 1;
  const data = new Float32Array(outHeight * outWidth * channels);
  for (let m = 0; m < outHeight; m++) {
    for (let n = 0; n < outWidth; n++) {
      for (let c = 0; c < channels; c++) {
        const taps: number[] = [];
        for (let i = 0; i < size; i++) {
          for (let j = 0; j < size; j++) {
            const row = m * stride - padding + i;
            const col = n * stride - padding + j;
            if (row >= 0 && row < height && col >= 0 && col < width) {
              taps.push(x.data[(row * width + col) * channels + c]);
            }
          }
        }
        data[(m * outWidth + n) * channels + c] = reduce(taps);
      }
    }
  }
  return { shape: [outHeight, outWidth, channels], data };
}
