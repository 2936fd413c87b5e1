/**
 * @file The integer network: what the golden model runs and the generator builds. No float is left.
 *
 * Every layer reads one map of unsigned codes and writes one map of `outWidth` bits. A code `q` of a tensor with zero
 * point `z` and scale `s` stands for the real `s * (q - z)`; the scales are used up in the constants.
 *
 * A layer computes, for every output pixel and channel `c`:
 *
 *     acc = 'adder'    sum over taps of |x' - w'|                        (AdderNet eq 3, without its sign)
 *           'conv'     sum over taps of W * x                            (W odd, |W| <= 2^planes - 1)
 *           'maxPool'  max over taps of x      'sumPool'  sum over taps of x
 *     u   = (acc - mean[c]) * mult[c] + (r - residual.zeroPoint) * residual.mult[c] + bias[c]
 *     y   = saturate(roundShift(u, shift[c]), clampLow, clampHigh)
 *
 * A padded tap reads `padCode` (the input's zero point; 0 for `maxPool`). Products, pools and residuals
 * use all bits of a map. An adder layer reads its own `actWidth` of them, `saturate(roundShift(x, inputShift))`;
 * `x'` and `w'` are these and the weights' codes, brought to the layer's operand width
 * `max(actWidth, weightWidth)` by `src/fixed/operand.ts`.
 * `roundShift` and `saturate` are those of `src/fixed/round.ts`, the only ones there are.
 */
import type { MapShape } from '../model/types.ts';

/** What the weights of an array layer are. */
export type ArrayKind = 'adder' | 'conv';
export type PoolKind = 'maxPool' | 'sumPool';

/** Constants of one layer's output channels; every array has one integer a channel. */
export interface Affine {
  /** Subtracted from the accumulator before the multiplication; any integer within the accumulator's bounds, or beyond. */
  readonly mean: Int32Array;
  /** Signed, `|mult| < 2^15`. */
  readonly mult: Int32Array;
  /** `0 .. 22`. */
  readonly shift: Uint8Array;
  /** Integers of at most 52 bits in a double: exact. */
  readonly bias: Float64Array;
}

/** A second map of the layer's output shape, added before rounding. */
export interface Residual {
  /** Name of the layer (or `input`) whose output is added. */
  readonly input: string;
  readonly zeroPoint: number;
  /** One signed integer a channel, `|mult| < 2^23`. */
  readonly mult: Int32Array;
}

interface LayerBase {
  readonly name: string;
  /** Name of the layer whose output is read, or `input`. */
  readonly input: string;
  readonly inputShape: MapShape;
  readonly outputShape: MapShape;
  readonly kernel: readonly [number, number];
  readonly stride: number;
  readonly padding: number;
  /** Code that a padded tap reads. */
  readonly padCode: number;
  readonly affine: Affine;
  readonly residual?: Residual;
  /** Saturation bounds of the output code. A rectifier is `clampLow = zero point of the output`. */
  readonly clampLow: number;
  readonly clampHigh: number;
  /** Bits of an output code: at most 8 for maps that are read again; the network's output may be wider, and signed. */
  readonly outWidth: number;
  readonly outSigned: boolean;
}

interface ArrayBase extends LayerBase {
  readonly kind: ArrayKind;
  /** `adder`: codes `0 .. 2^weightWidth - 1`; `conv`: odd integers of `planes` bits. OHWI. */
  readonly weights: Int16Array;
  /** 1 for `adder`; the number of bit planes of the weights for `conv`. */
  readonly planes: number;
  /** `adder`: low bits of a stored code that are rounded away before the array; 0 for `conv`. */
  readonly inputShift: number;
}

/** Layers of different widths share one array: its operands are as wide as the widest layer's. */
export interface AdderLayer extends ArrayBase {
  readonly kind: 'adder';
  /** Bits of an activation as this layer reads it, 2 to the model's. */
  readonly actWidth: number;
  /** Bits of a code of this layer's weights, 2 to the model's. */
  readonly weightWidth: number;
}

export interface ConvLayer extends ArrayBase {
  readonly kind: 'conv';
}

export type ArrayLayer = AdderLayer | ConvLayer;

export interface PoolLayer extends LayerBase {
  readonly kind: PoolKind;
}

export type QuantizedLayer = ArrayLayer | PoolLayer;

/** How an image becomes input codes. */
export interface InputCodes {
  readonly shape: MapShape;
  /** Bits of a code, at most 8. */
  readonly width: number;
  readonly zeroPoint: number;
  /** `codes[channel * 256 + byte]`. */
  readonly codes: Uint8Array;
}

/** A network of integers and shifts. */
export interface QuantizedModel {
  readonly name: string;
  readonly arch: string;
  /** Bits of an activation in the array, 2 to 8: as the widest adder layer reads it. */
  readonly actWidth: number;
  /** Bits of a weight's code in the array, 2 to 8: of the adder layer with the widest weights. */
  readonly weightWidth: number;
  readonly input: InputCodes;
  /** In an order in which every layer follows those it reads; the last one is the output. */
  readonly layers: readonly QuantizedLayer[];
  readonly provenance: Readonly<Record<string, string>>;
}
