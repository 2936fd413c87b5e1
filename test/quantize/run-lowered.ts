/**
 * @file The definition of a lowered network in doubles, for comparison with the graph it came from.
 */
import { INPUT } from '../../src/model/types.ts';
import type { LoweredLayer, LoweredNetwork } from '../../src/quantize/lowered.ts';

/** Every map of the network, by layer. */
export function runLowered(
  { layers }: LoweredNetwork,
  input: ArrayLike<number>,
): Map<string, Float64Array> {
  const maps = new Map<string, Float64Array>([[INPUT, Float64Array.from(input)]]);
  for (const layer of layers) {
    const residual = layer.residual && maps.get(layer.residual.input);
    maps.set(layer.name, runLayer(layer, maps.get(layer.input)!, residual));
  }
  return maps;
}

function runLayer(layer: LoweredLayer, map: Float64Array, residual?: Float64Array): Float64Array {
  const [height, width, channels] = layer.outputShape;
  const output = new Float64Array(height * width * channels);
  let at = 0;
  for (let row = 0; row < height; row++) {
    for (let col = 0; col < width; col++) {
      for (let c = 0; c < channels; c++) {
        let y = layer.scale[c] * rawAt(layer, map, { row, col, c }) + layer.offset[c];
        if (residual) y += layer.residual!.scale[c] * residual[at];
        output[at++] = layer.isRectified ? Math.max(y, 0) : y;
      }
    }
  }
  return output;
}

function rawAt(
  { kind, inputShape, kernel, stride, padding, weights }: LoweredLayer,
  map: Float64Array,
  { row, col, c }: { readonly row: number; readonly col: number; readonly c: number },
): number {
  const [height, width, inputs] = inputShape;
  let raw = kind === 'maxPool' ? -Infinity : 0;
  let k = c * kernel[0] * kernel[1] * inputs;
  for (let i = 0; i < kernel[0]; i++) {
    for (let j = 0; j < kernel[1]; j++) {
      const m = row * stride - padding + i;
      const n = col * stride - padding + j;
      const isInside = m >= 0 && m < height && n >= 0 && n < width;
      const x = (channel: number) => (isInside ? map[(m * width + n) * inputs + channel] : 0);
      if (kind === 'maxPool') raw = isInside ? Math.max(raw, x(c)) : raw;
      if (kind === 'sumPool') raw += x(c);
      for (let channel = 0; channel < inputs && weights.length > 0; channel++, k++) {
        raw += kind === 'adder' ? Math.abs(x(channel) - weights[k]) : x(channel) * weights[k];
      }
    }
  }
  return raw;
}
