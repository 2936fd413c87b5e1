import type { OperandWidths } from '../fixed/operand.ts';
import { finishMoments, mapMoments } from '../kernels/moments.ts';
import type { KernelModule } from '../kernels/web-assembly.ts';
import { INPUT } from '../model/types.ts';
import { accumulatorOf, layerWithoutConstants } from './accumulate-layer.ts';
import { addToFit, startFit, unexplainedVariance } from './fit-error.ts';
import { foldWeights } from './fold-weights.ts';
import type { LoweredNetwork } from './lowered.ts';
import { encode, type MapCoding } from './map-coding.ts';
import type { Observation } from './observe.ts';
import type { Reader, TensorGroup } from './tensor-groups.ts';

/** A network and its float maps. */
interface Traces {
  readonly network: LoweredNetwork;
  readonly observation: Observation;
}

/** What codings are judged by. */
export interface RangeContext extends Traces {
  readonly widths: OperandWidths;
  readonly module: KernelModule;
  /** Variance of each layer's output, summed over its channels (`outputVariances`). */
  readonly variances: ReadonlyMap<string, number>;
}

/** The traced float map of a layer's output, or of the input. */
export function traceOf({ network, observation }: Traces, tensor: string): Float32Array {
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
    const whole = context.variances.get(reader.layer.name)!;
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

/** Measure how much each layer's output varies, by layer. */
export function outputVariances(traces: Traces): Map<string, number> {
  return new Map(
    traces.network.layers.map(({ name, outputShape }) => [
      name,
      totalVariance(traceOf(traces, name), outputShape[2]),
    ]),
  );
}

/** Variance of a map, summed over its channels. */
function totalVariance(map: Float32Array, channels: number): number {
  return finishMoments(mapMoments(map, channels)).variance.reduce((a, b) => a + b, 0);
}
