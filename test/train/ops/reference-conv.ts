/** @file Convolutions and their gradients written as their definitions, in double precision. */

/** A random layer: x is NHWC, f HWIO, dy NHWC of the output. */
export interface ConvCase {
  readonly images: number;
  readonly rows: number;
  readonly cols: number;
  readonly inChannels: number;
  readonly kernelRows: number;
  readonly kernelCols: number;
  readonly stride: number;
  readonly padding: number;
  readonly outChannels: number;
}

export interface ConvData {
  readonly x: Float32Array;
  readonly f: Float32Array;
  readonly dy: Float32Array;
}

/** Output rows and columns of a case. */
export function outputSize({ rows, cols, kernelRows, kernelCols, stride, padding }: ConvCase) {
  return {
    outRows: Math.floor((rows + 2 * padding - kernelRows) / stride) + 1,
    outCols: Math.floor((cols + 2 * padding - kernelCols) / stride) + 1,
  };
}

/** One term of the sums: places in x (-1 for padding), f and the output. */
type Visit = (at: { readonly x: number; readonly f: number; readonly y: number }) => void;

/** Visit every term of a convolution's sums. */
export function eachTerm(layer: ConvCase, visit: Visit): void {
  const { images, rows, cols, inChannels, kernelRows, kernelCols, stride, padding } = layer;
  const { outRows, outCols } = outputSize(layer);
  for (let n = 0; n < images; n++)
    for (let row = 0; row < outRows; row++)
      for (let col = 0; col < outCols; col++)
        for (let t = 0; t < layer.outChannels; t++) {
          const y = ((n * outRows + row) * outCols + col) * layer.outChannels + t;
          for (let i = 0; i < kernelRows; i++)
            for (let j = 0; j < kernelCols; j++)
              for (let k = 0; k < inChannels; k++) {
                const [r, c] = [row * stride + i - padding, col * stride + j - padding];
                const inside = r >= 0 && r < rows && c >= 0 && c < cols;
                visit({
                  x: inside ? ((n * rows + r) * cols + c) * inChannels + k : -1,
                  f: ((i * kernelCols + j) * inChannels + k) * layer.outChannels + t,
                  y,
                });
              }
        }
}

const clip = (d: number): number => Math.max(-1, Math.min(1, d));

/** Each result with the sum of its terms' magnitudes, against which rounding is measured. */
export interface Sums {
  readonly value: Float64Array;
  readonly size: Float64Array;
}

const sums = (length: number): Sums => ({
  value: new Float64Array(length),
  size: new Float64Array(length),
});

function add({ value, size }: Sums, at: number, term: number, magnitude = Math.abs(term)): void {
  value[at] += term;
  size[at] += magnitude;
}

/** Eq 3, 5, 4 and 6, and the product's gradients. */
export function referenceConv(layer: ConvCase, { x, f, dy }: ConvData) {
  const results = {
    y: sums(dy.length),
    fullWeights: sums(f.length),
    signWeights: sums(f.length),
    input: sums(x.length),
    productWeights: sums(f.length),
    productInput: sums(x.length),
  };
  eachTerm(layer, (at) => {
    const value = at.x < 0 ? 0 : x[at.x];
    const [weight, slope] = [f[at.f], dy[at.y]];
    // The kernels take X and F apart, so their rounding is that of both magnitudes.
    const apart = Math.abs(value) + Math.abs(weight);
    add(results.y, at.y, -Math.abs(value - weight), apart);
    add(results.fullWeights, at.f, (value - weight) * slope, apart * Math.abs(slope));
    add(results.signWeights, at.f, Math.sign(value - weight) * slope);
    add(results.productWeights, at.f, value * slope);
    if (at.x < 0) return;
    add(results.input, at.x, clip(weight - value) * slope);
    add(results.productInput, at.x, weight * slope);
  });
  return results;
}

/** Largest error of `actual`, relative to the magnitudes that were added up. */
export function largestError(actual: ArrayLike<number>, { value, size }: Sums): number {
  if (actual.length !== value.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < value.length; i++) {
    const error = Math.abs(actual[i] - value[i]) / (size[i] + 1e-30);
    // NaN counts as an error without bound.
    if (!(error <= largest)) largest = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  return largest;
}
