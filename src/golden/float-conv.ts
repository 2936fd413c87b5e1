import type { FloatTensor } from '../model/types.ts';

interface Stepping {
  readonly stride: number;
  readonly padding: number;
}

/** Compute an adder layer, AdderNet eq 3: `Y(m,n,t) = - sum over i,j,k of |X(m+i, n+j, k) - F(t,i,j,k)|`. */
export function adderConv(x: FloatTensor, f: FloatTensor, stepping: Stepping): FloatTensor {
  return overWindows(x, f, stepping, (tap, weight) => -Math.abs(tap - weight));
}

/** Compute an ordinary convolution, AdderNet eq 1: `Y(m,n,t) = sum over i,j,k of X(m+i, n+j, k) * F(t,i,j,k)`. */
export function conv(x: FloatTensor, f: FloatTensor, stepping: Stepping): FloatTensor {
  return overWindows(x, f, stepping, (tap, weight) => tap * weight);
}

/** Sum `term` over each window; a tap outside the map is a true zero and takes part. */
function overWindows(
  x: FloatTensor,
  f: FloatTensor,
  { stride, padding }: Stepping,
  term: (tap: number, weight: number) => number,
): FloatTensor {
  const [height, width, channels] = x.shape;
  const [filters, kernelHeight, kernelWidth] = f.shape;
  const outHeight = Math.floor((height + 2 * padding - kernelHeight) / stride) + 1;
  const outWidth = Math.floor((width + 2 * padding - kernelWidth) / stride) + 1;
  const at = (row: number, col: number, k: number): number =>
    row < 0 || row >= height || col < 0 || col >= width
      ? 0
      : x.data[(row * width + col) * channels + k];

  const data = new Float32Array(outHeight * outWidth * filters);
  for (let m = 0; m < outHeight; m++) {
    for (let n = 0; n < outWidth; n++) {
      for (let t = 0; t < filters; t++) {
        let sum = 0;
        for (let i = 0; i < kernelHeight; i++) {
          for (let j = 0; j < kernelWidth; j++) {
            for (let k = 0; k < channels; k++) {
              const weight = f.data[((t * kernelHeight + i) * kernelWidth + j) * channels + k];
              sum += term(at(m * stride - padding + i, n * stride - padding + j, k), weight);
            }
          }
        }
        data[(m * outWidth + n) * filters + t] = sum;
      }
    }
  }
  return { shape: [outHeight, outWidth, filters], data };
}
