import type { QuantizedLayer } from '../quantize/types.ts';
import {
  maxOverTaps,
  sumAbsDiff,
  sumOverTaps,
  sumProducts,
  weightOperands,
  windowOperands,
} from './accumulate.ts';
import { postOp } from './post-op.ts';
import { readWindow, windowLength } from './window.ts';

/** What a layer reads. */
export interface LayerInputs {
  readonly layer: QuantizedLayer;
  /** Codes of the layer's input map, channels fastest. */
  readonly map: Int32Array;
  /** Codes of the residual's map, of the layer's output shape; absent when the layer has none. */
  readonly residual?: Int32Array;
}

/**
 * Compute one layer's output codes, channels fastest: the definition in `src/quantize/types.ts`.
 */
export function runLayer({ layer, map, residual }: LayerInputs): Int32Array {
  const [height, width, channels] = layer.outputShape;
  const output = new Int32Array(height * width * channels);
  const windowCodes = new Int32Array(windowLength(layer));
  const accumulateAt = accumulatorFor(layer);
  let at = 0;
  for (let row = 0; row < height; row++) {
    for (let col = 0; col < width; col++) {
      readWindow(layer, map, { row, col }, windowCodes);
      const accumulateChannel = accumulateAt(windowCodes);
      for (let c = 0; c < channels; c++) {
        const acc = accumulateChannel(c);
        output[at] = postOp(layer, acc, c, residual ? residual[at] : 0);
        at++;
      }
    }
  }
  return output;
}

/** Compute the accumulator of output channel `c` over one window of codes (`readWindow`). */
export function accumulate(layer: QuantizedLayer, windowCodes: Int32Array, c: number): number {
  return accumulatorFor(layer)(windowCodes)(c);
}

/** The same for many windows and channels: what depends on the layer or on the window alone is prepared once. */
function accumulatorFor(layer: QuantizedLayer): (windowCodes: Int32Array) => (c: number) => number {
  switch (layer.kind) {
    case 'adder': {
      const weights = weightOperands(layer);
      return (windowCodes) => {
        const operands = windowOperands(layer, windowCodes);
        return (c) => sumAbsDiff(weights, operands, c);
      };
    }
    case 'conv':
      return (windowCodes) => (c) => sumProducts(layer, windowCodes, c);
    case 'maxPool':
      return (windowCodes) => (c) => maxOverTaps(layer, windowCodes, c);
    case 'sumPool':
      return (windowCodes) => (c) => sumOverTaps(layer, windowCodes, c);
    default:
      layer satisfies never;
      throw new Error('internal: unknown layer kind');
  }
}
