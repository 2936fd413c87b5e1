import type { OperandWidths } from '../fixed/operand.ts';
import { createIntegerEngine } from '../kernels/integer-engine.ts';
import type { KernelModule } from '../kernels/web-assembly.ts';
import { INPUT } from '../model/types.ts';
import type { FoldedLayer } from './fold-network.ts';
import type { Affine, QuantizedLayer } from './types.ts';

/** Turn one image's codes of a layer's input into its accumulators; the result is overwritten by the next call. */
export type Accumulate = (codes: Uint8Array) => Int32Array;

/** Multiplying layers and pools do not read the widths. */
const NO_ARRAY: OperandWidths = { actWidth: 8, weightWidth: 8 };

/** Set up one layer by itself on the fast kernels: a network of one layer whose "images" are codes. */
export function accumulatorOf(module: KernelModule, layer: QuantizedLayer): Accumulate {
  const { residual: _unused, ...alone } = layer;
  const { actWidth, weightWidth } = layer.kind === 'adder' ? layer : NO_ARRAY;
  const codes = Uint8Array.from({ length: 256 * layer.inputShape[2] }, (_, i) => i % 256);
  const engine = createIntegerEngine(
    module,
    {
      name: layer.name,
      arch: 'layer',
      actWidth,
      weightWidth,
      input: { shape: layer.inputShape, width: 8, zeroPoint: layer.padCode, codes },
      layers: [{ ...alone, input: INPUT }],
      provenance: {},
    },
    [{ name: layer.name, stage: 'accumulator' }],
  );
  let acc: Int32Array = new Int32Array(0);
  return (image) => {
    engine.run(image, (_, values) => {
      acc = values as Int32Array;
    });
    return acc;
  };
}

/** A quantized layer whose constants are still to come: they pass the accumulator through. */
export function layerWithoutConstants({
  layer,
  folded,
  input,
  inputShift,
  output,
  widths,
}: FoldedLayer): QuantizedLayer {
  const { name, kind, inputShape, outputShape, kernel, stride, padding } = layer;
  const place = { name, input: layer.input, inputShape, outputShape, kernel, stride, padding };
  const codes = {
    // A padded tap of a maximum must never win; everywhere else it is a real zero.
    padCode: kind === 'maxPool' ? 0 : input.zeroPoint,
    affine: passThroughConstants(outputShape[2]),
    clampLow: layer.isRectified ? Math.max(output.zeroPoint, output.lowCode) : output.lowCode,
    clampHigh: output.highCode,
    outWidth: output.width,
    outSigned: output.lowCode < 0,
  };
  if (kind !== 'adder' && kind !== 'conv') return { ...place, kind, ...codes };
  const array = { ...place, ...codes, weights: folded.weights, planes: folded.planes, inputShift };
  const { actWidth, weightWidth } = widths;
  return kind === 'conv' ? { ...array, kind } : { ...array, kind, actWidth, weightWidth };
}

function passThroughConstants(channels: number): Affine {
  return {
    mean: new Int32Array(channels),
    mult: new Int32Array(channels).fill(1),
    shift: new Uint8Array(channels),
    bias: new Float64Array(channels),
  };
}
