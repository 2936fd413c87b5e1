/**
 * @file Rounding as quantization does it, with a gradient that takes no notice of it ("straight through",
 * Bengio et al., arXiv 1308.3432): the derivative of a staircase is zero and would end training.
 */
import * as tf from '@tensorflow/tfjs-core';

/** A grid of `scale * n` for whole numbers `n` from `low` to `high`. */
export interface Grid {
  readonly scale: number;
  readonly low: number;
  readonly high: number;
}

type Derivative = (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor;

/** Compute `forward(x)` with a derivative of our own, which may read `x`. */
function withDerivative<T extends tf.Tensor>(
  x: T,
  forward: (x: tf.Tensor) => tf.Tensor,
  derivative: Derivative,
): T {
  const op = tf.customGrad((...args) => {
    const [input, save] = args as [tf.Tensor, (saved: tf.Tensor[]) => void];
    save([input]);
    return { value: forward(input), gradFunc: derivative };
  });
  return op(x) as T;
}

/**
 * Round to the grid's nearest point: `clamp(round(x / scale), low, high) * scale`.
 *
 * The gradient passes where `x` lies between the first and the last point, and is zero outside.
 */
export function roundToGrid<T extends tf.Tensor>(x: T, { scale, low, high }: Grid): T {
  return withDerivative(
    x,
    (input) => tf.mul(tf.clipByValue(tf.round(tf.div(input, scale)), low, high), scale),
    (dy, [input]) => {
      const isInside = tf.equal(tf.clipByValue(input, low * scale, high * scale), input);
      return tf.mul(dy, tf.cast(isInside, 'float32'));
    },
  );
}

/** Where an adder layer's weights can lie: at `low + n * scale` for `n` from 0 to `levels - 1`. */
export interface WeightGrid {
  readonly scale: number;
  readonly low: number;
  readonly levels: number;
}

/**
 * Round adder weights that lie within the grid's ends to its nearest point, and leave the others as they are.
 *
 * That is what the integer layer computes: for x between the ends, `|x - w| = |x - clip(w)| + |w - clip(w)|`
 * exactly, so that a weight beyond them is clipped without an error. The gradient passes everywhere.
 */
export function roundWithinGrid<T extends tf.Tensor>(w: T, { scale, low, levels }: WeightGrid): T {
  return withDerivative(
    w,
    (weights) => {
      const places = tf.div(
        tf.sub(tf.clipByValue(weights, low, low + (levels - 1) * scale), low),
        scale,
      );
      return tf.add(weights, tf.mul(tf.sub(tf.round(places), places), scale));
    },
    (dy) => dy,
  );
}
