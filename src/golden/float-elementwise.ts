import type { FloatTensor } from '../model/types.ts';

/** Constants of a batch normalization, one a channel. */
export interface NormTerms {
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  readonly epsilon: number;
}

/** Normalize with running statistics: `(x - mean) / sqrt(variance + epsilon) * gamma + beta`. */
export function batchNorm(x: FloatTensor, terms: NormTerms): FloatTensor {
  const { gamma, beta, mean, variance, epsilon } = terms;
  const channels = gamma.length;
  const data = x.data.map((value, i) => {
    const c = i % channels;
    return ((value - mean[c]) / Math.sqrt(variance[c] + epsilon)) * gamma[c] + beta[c];
  });
  return { shape: x.shape, data };
}

/** `max(x, 0)`. */
export function relu(x: FloatTensor): FloatTensor {
  return { shape: x.shape, data: x.data.map((value) => Math.max(value, 0)) };
}

/** `a + b`, element by element. */
export function add(a: FloatTensor, b: FloatTensor): FloatTensor {
  return { shape: a.shape, data: a.data.map((value, i) => value + b.data[i]) };
}

/** `[h, w, c]` to `[1, 1, h * w * c]`, channels fastest: the order in memory does not change. */
export function flatten(x: FloatTensor): FloatTensor {
  return { shape: [1, 1, x.data.length], data: x.data };
}
