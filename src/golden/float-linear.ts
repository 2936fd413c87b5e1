import type { FloatTensor } from '../model/types.ts';
import { adderConv, conv } from './float-conv.ts';

const once = { stride: 1, padding: 0 };

/** Compute a fully connected layer: the sum of products of the flattened map with each row of `[out, in]`. */
export function linear(x: FloatTensor, weight: FloatTensor): FloatTensor {
  return conv(asPixel(x), asKernel(weight), once);
}

/** Compute a fully connected adder layer: minus the sum of absolute differences. */
export function adderLinear(x: FloatTensor, weight: FloatTensor): FloatTensor {
  return adderConv(asPixel(x), asKernel(weight), once);
}

const asPixel = ({ data }: FloatTensor): FloatTensor => ({ shape: [1, 1, data.length], data });

const asKernel = ({ shape, data }: FloatTensor): FloatTensor => ({
  shape: [shape[0], 1, 1, data.length / shape[0]],
  data,
});
