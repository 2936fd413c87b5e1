/**
 * @file The lowered network: the float graph cut into the layers the accelerator runs, still in reals.
 *
 * One layer is one array or pool operation and everything that follows it without needing another map
 * in memory:
 *
 *     raw = adder: sum |x - w|     conv: sum w * x     maxPool: max x     sumPool: sum x
 *     y   = scale[c] * raw + offset[c] (+ residual.scale[c] * residual)   and max(y, 0) if rectified
 *
 * Batch normalization, biases, the adder layer's sign and the pool's division are in `scale` and `offset`.
 */
import type { MapShape } from '../model/types.ts';
import type { ArrayKind, PoolKind } from './types.ts';

/** How `raw` is read off a float trace: `raw = factor * (map of node - bias[c])`. */
export interface RawSource {
  readonly node: string;
  readonly factor: number;
  readonly bias?: Float32Array;
}

export interface LoweredLayer {
  /** Name of the operation's node; the quantized layer keeps it. */
  readonly name: string;
  readonly kind: ArrayKind | PoolKind;
  /** A lowered layer's name, or `input`. */
  readonly input: string;
  readonly inputShape: MapShape;
  readonly outputShape: MapShape;
  readonly kernel: readonly [number, number];
  readonly stride: number;
  readonly padding: number;
  /** OHWI; empty for pools. */
  readonly weights: Float32Array;
  readonly scale: Float64Array;
  readonly offset: Float64Array;
  readonly residual?: { readonly input: string; readonly scale: Float64Array };
  readonly isRectified: boolean;
  readonly hasBatchNorm: boolean;
  readonly raw: RawSource;
  /** The float node whose map this layer's output reproduces. */
  readonly node: string;
}

/** Layers in an order in which each follows those it reads; the last one is the output. */
export interface LoweredNetwork {
  readonly inputShape: MapShape;
  readonly layers: readonly LoweredLayer[];
}

/** A layer that multiplies or subtracts weights, as against one that pools. */
export function hasWeights({ kind }: { readonly kind: ArrayKind | PoolKind }): boolean {
  return kind === 'adder' || kind === 'conv';
}

/** Number of terms one accumulator adds: `kernelHeight * kernelWidth` and, for weights, input channels. */
export function termCount(layer: LoweredLayer): number {
  const taps = layer.kernel[0] * layer.kernel[1];
  return hasWeights(layer) ? taps * layer.inputShape[2] : taps;
}
