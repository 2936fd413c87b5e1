/**
 * @file Grids of fake quantization: of maps, and of an adder layer's operands, which count in whole numbers.
 */
import * as tf from '@tensorflow/tfjs-core';
import { roundMap } from '../ops/round-map.ts';

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

/** How an adder layer counts: its input's grid, its weights', and the real size of one step of both. */
export interface Operands {
  readonly map: Grid;
  readonly weights: WeightGrid;
  readonly unit: number;
}

/** A map as whole numbers of an adder layer's steps. */
export function mapOperands<T extends tf.Tensor>(x: T, { map, unit }: Operands): T {
  const { shift = 0, ...grid } = map;
  return roundMap(x, { ...grid, shift, unit: (grid.scale * 2 ** shift) / unit });
}

/**
 * Weights in an adder layer's steps, rounded to their grid and held within its ends, beyond which they are no other
 * weights to the hardware: `|x - w| = |x - clip(w)| + |w - clip(w)|` for x between the ends. The gradient passes as if
 * nothing were rounded.
 */
export function weightOperands<T extends tf.Tensor>(w: T, { weights, unit }: Operands): T {
  const { scale, low, levels } = weights;
  const op = tf.customGrad((...args) => {
    const [given] = args as [tf.Tensor];
    const places = tf.floor(tf.add(tf.div(tf.sub(given, low), scale), 0.5));
    const codes = tf.clipByValue(places, 0, levels - 1);
    return {
      // Both are whole numbers wherever weights are as fine as the map or finer.
      value: tf.add(tf.mul(codes, scale / unit), low / unit),
      gradFunc: (dy: tf.Tensor) => tf.div(dy, unit),
    };
  });
  return op(w) as T;
}
