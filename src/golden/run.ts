/**
 * @file The golden model: the integer network as its definition reads, one image at a time.
 *
 * Everything that claims to compute the same network (fast kernels, RTL) is compared with this; it
 * knows neither. Speed is not its aim: about a second an image of ResNet-20.
 */
import { INPUT } from '../model/types.ts';
import type { QuantizedModel } from '../quantize/types.ts';
import { runLayer } from './run-layer.ts';

/**
 * Run one image through the network and keep every tensor.
 *
 * `codes` are the input's codes (`inputCodes`), channels fastest. The result maps `input` and every
 * layer's name to its codes in the same order; the last entry is the network's output.
 */
export function runGolden(model: QuantizedModel, codes: Uint8Array): Map<string, Int32Array> {
  const [height, width, channels] = model.input.shape;
  if (codes.length !== height * width * channels) {
    throw new Error(
      `internal: ${codes.length} input codes for a map of ${height * width * channels}`,
    );
  }
  const tensors = new Map<string, Int32Array>([[INPUT, Int32Array.from(codes)]]);
  const read = (name: string): Int32Array => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`internal: tensor "${name}" is read before it is written`);
    return tensor;
  };
  for (const layer of model.layers) {
    const map = read(layer.input);
    const residual = layer.residual ? { residual: read(layer.residual.input) } : {};
    tensors.set(layer.name, runLayer({ layer, map, ...residual }));
  }
  return tensors;
}
