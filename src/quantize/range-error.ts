import type { OperandWidths } from '../fixed/operand.ts';
import type { KernelModule } from '../kernels/web-assembly.ts';
import { INPUT } from '../model/types.ts';
import { accumulatorOf, layerWithoutConstants } from './accumulate-layer.ts';
import { addToFit, startFit, unexplainedVariance } from './fit-error.ts';
import { foldWeights } from './fold-weights.ts';
import type { LoweredNetwork } from './lowered.ts';
import { encode, type MapCoding } from './map-coding.ts';
import type { Observation } from './observe.ts';
import type { Reader, TensorGroup } from './tensor-groups.ts';

/** What codings are judged by. */
export interface RangeContext {
  readonly network: LoweredNetwork;
  readonly observation: Observation;
  readonly widths: OperandWidths;
  readonly module: KernelModule;
}

/** The traced float map of a layer's output, or of the input. */
export function traceOf({ network, observation }: RangeContext, tensor: string): Float32Array {
  const node = network.layers.find(({ name }) => name === tensor)?.node ?? INPUT;
  return observation.traces.get(node)!;
}

/**
 * Measure what a coding of a group's maps costs the layers that read them.
 *
 * Each reader's error is the variance it adds to that reader's output, as a share of the output's own
 * variance; the shares are added.
 */
export function rangeError(context: RangeContext, group: TensorGroup, coding: MapCoding): number {
  const codes = new Map(
    group.tensors.map((tensor) => [tensor, encode(traceOf(context, tensor), coding)]),
  );
  return group.readers.reduce((sum, reader) => {
    const added =
      reader.as === 'input'
        ? inputError(context, reader, codes.get(reader.tensor)!, coding)
        : residualError(context, reader, codes.get(reader.tensor)!, coding);
    const whole = totalVariance(traceOf(context, reader.layer.name), reader.layer.outputShape[2]);
    return whole > 0 ? sum + added / whole : sum;
  }, 0);
}

/** Run the layer on the codes and compare its accumulators with the float sums. */
function inputError(
  { observation, widths, module }: RangeContext,
  { layer }: Reader,
  codes: Uint8Array,
  coding: MapCoding,
): number {
  const folded = foldWeights(layer, coding, widths);
  const bare = layerWithoutConstants(layer, folded, { input: coding, output: coding, outWidth: 8 });
  const accumulate = accumulatorOf(module, bare, widths);
  const raw = observation.traces.get(layer.raw.node)!;
  const { tracedCount } = observation;
  const inSize = codes.length / tracedCount;
  const outSize = raw.length / tracedCount;
  const fit = startFit(layer.outputShape[2]);
  for (let image = 0; image < tracedCount; image++) {
    const acc = accumulate(codes.subarray(image * inSize, (image + 1) * inSize));
    addToFit(fit, raw.subarray(image * outSize, (image + 1) * outSize), acc);
  }
  return unexplainedVariance(fit).reduce(
    (sum, variance, c) => sum + variance * (layer.raw.factor * layer.scale[c]) ** 2,
    0,
  );
}

/** Mean squared difference between the map and what its codes stand for, on the residual's scale. */
function residualError(
  context: RangeContext,
  { layer, tensor }: Reader,
  codes: Uint8Array,
  { step, zeroPoint }: MapCoding,
): number {
  const map = traceOf(context, tensor);
  const scale = layer.residual!.scale;
  const channels = scale.length;
  let sum = 0;
  for (let i = 0; i < map.length; i++) {
    sum += ((map[i] - step * (codes[i] - zeroPoint)) * scale[i % channels]) ** 2;
  }
  return (sum / map.length) * channels;
}

/** Variance of a map, summed over its channels. */
function totalVariance(map: Float32Array, channels: number): number {
  const sums = new Float64Array(2 * channels);
  for (let i = 0; i < map.length; i++) {
    const c = i % channels;
    sums[c] += map[i];
    sums[channels + c] += map[i] * map[i];
  }
  const pixels = map.length / channels;
  let total = 0;
  for (let c = 0; c < channels; c++) {
    total += sums[channels + c] / pixels - (sums[c] / pixels) ** 2;
  }
  return Math.max(0, total);
}
