/**
 * @file Grids of fake quantization, and the rounding of adder weights with a gradient that takes no notice of it
 * ("straight through", Bengio et al., arXiv 1308.3432): the derivative of a staircase is zero and would end training.
 */
import * as tf from '@tensorflow/tfjs-core';

/** A grid of `n * 2^shift * scale` for whole numbers `n` from `low` to `high`. */
export interface Grid {
  readonly scale: number;
  readonly low: number;
  readonly high: number;
  /** A multiple of `scale` is rounded on to one of `2^shift * scale`, as an adder layer reads a map; default 0. */
  readonly shift?: number;
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
 * exactly, so that a weight beyond them is clipped without an error. Those others get no gradient: all they can change
 * is a constant, and eq 5 would give them by far the largest one.
 */
export function roundWithinGrid<T extends tf.Tensor>(w: T, { scale, low, levels }: WeightGrid): T {
  const high = low + (levels - 1) * scale;
  const op = tf.customGrad((...args) => {
    const [weights, save] = args as [tf.Tensor, (saved: tf.Tensor[]) => void];
    save([weights]);
    const places = tf.div(tf.sub(tf.clipByValue(weights, low, high), low), scale);
    const value = tf.add(weights, tf.mul(tf.sub(tf.floor(tf.add(places, 0.5)), places), scale));
    return {
      value,
      gradFunc: (dy: tf.Tensor, [given]: tf.Tensor[]) =>
        tf.mul(dy, tf.cast(tf.equal(tf.clipByValue(given, low, high), given), 'float32')),
    };
  });
  return op(w) as T;
}
