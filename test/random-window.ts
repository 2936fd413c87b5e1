/**
 * @file Random kernels, strides and paddings that are legal for a map.
 */
import type { MapShape } from '../src/model/types.ts';
import type { RandomSource } from './random-source.ts';

/** A layer's window and the sides of the map it makes. */
export interface Window {
  readonly kernel: readonly [number, number];
  readonly stride: number;
  readonly padding: number;
  readonly outputSide: readonly [number, number];
}

/** A window whose output has the map's own shape: residuals find a partner. */
export function shapeKeepingWindow(random: RandomSource, [height, width]: MapShape): Window {
  const padding = random.integer(0, 2);
  const side = 2 * padding + 1;
  return { kernel: [side, side], stride: 1, padding, outputSide: [height, width] };
}

/** A kernel, stride and padding that fit the map; whole-map kernels now and then. */
export function drawWindow(
  random: RandomSource,
  [height, width]: MapShape,
  isMax: boolean,
): Window {
  const stride = random.pick([1, 1, 1, 2, 2, 3]);
  const wholeMap = random.chance(0.12) && height <= 8 && width <= 8;
  if (wholeMap) {
    return { kernel: [height, width], stride, padding: 0, outputSide: [1, 1] };
  }
  const wanted = random.pick([0, 0, 1, 1, 2]);
  const square = random.chance(0.6);
  const kh = Math.min(random.integer(1, 5), height + 2 * wanted);
  const kw = square
    ? Math.min(kh, width + 2 * wanted)
    : Math.min(random.integer(1, 5), width + 2 * wanted);
  // A window of padding alone is no legal one; a maximum has at most half its window outside, as in PyTorch.
  const least = Math.min(kh, kw);
  const padding = Math.min(wanted, isMax ? Math.floor(least / 2) : least - 1);
  const kernel = [Math.min(kh, height + 2 * padding), Math.min(kw, width + 2 * padding)] as const;
  const outputSide: readonly [number, number] = [
    Math.floor((height + 2 * padding - kernel[0]) / stride) + 1,
    Math.floor((width + 2 * padding - kernel[1]) / stride) + 1,
  ];
  return { kernel, stride, padding, outputSide };
}
