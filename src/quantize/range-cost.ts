import type { OperandWidths } from '../fixed/operand.ts';
import { finishMoments, mapMoments } from '../kernels/moments.ts';
import type { KernelModule } from '../kernels/web-assembly.ts';
import { INPUT } from '../model/types.ts';
import { accumulatorOf, layerWithoutConstants } from './accumulate-layer.ts';
import { addToFit, startFit, unexplainedVariance } from './fit-error.ts';
import { foldWeights } from './fold-weights.ts';
import type { LoweredNetwork } from './lowered.ts';
import { encode, type MapCoding, operandCoding } from './map-coding.ts';
import type { Observation } from './observed.ts';
import type { Reader, TensorGroup } from './tensor-groups.ts';
import { type QuantizeWidths, widthsOf } from './widths.ts';

/** A network and its float maps. */
export interface Traces {
  readonly network: LoweredNetwork;
  readonly observation: Observation;
}

/** What codings are judged by. */
export interface RangeContext extends Traces {
  readonly widths: QuantizeWidths;
  readonly module: KernelModule;
  /** Variance of each layer's output, summed over its channels (`outputVariances`). */
  readonly variances: ReadonlyMap<string, number>;
}

/** The traced float map of a layer's output, or of the input. */
export function traceOf({ network, observation }: Traces, tensor: string): Float32Array {
  const node = network.layers.find(({ name }) => name === tensor)?.node ?? INPUT;
  return observation.traces.get(node)!;
}

/** What a coding costs, and the `inputShift` of each adder layer that costs least. */
export interface RangeCost {
  readonly error: number;
  readonly shifts: ReadonlyMap<string, number>;
}

/**
 * Measure what a coding of a group's maps costs the layers that read them.
 *
 * Each reader's error is the variance it adds to that reader's output, as a share of the output's own
 * variance; the shares are added. An adder layer reads the upper bits, or saturates to lower ones.
 */
export function rangeCost(context: RangeContext, group: TensorGroup, coding: MapCoding): RangeCost {
  const codes = new Map(
    group.tensors.map((tensor) => [tensor, encode(traceOf(context, tensor), coding)]),
  );
  const shifts = new Map<string, number>();
  let error = 0;
  for (const reader of group.readers) {
    const whole = context.variances.get(reader.layer.name)!;
    const map = codes.get(reader.tensor)!;
    const added = (shift: number) =>
      reader.as === 'input'
        ? inputError(context, reader, { codes: map, coding, shift })
        : residualError(context, reader, map, coding);
    if (reader.as === 'input' && reader.layer.kind === 'adder') {
      const tried = shiftsToTry(coding, widthsOf(context.widths, reader.layer.name)).map(
        (shift) => ({
          shift,
          error: added(shift),
        }),
      );
      const best = tried.reduce((a, b) => (b.error < a.error ? b : a));
      shifts.set(reader.layer.name, best.shift);
      if (whole > 0) error += best.error / whole;
    } else if (whole > 0) error += added(0) / whole;
  }
  return { error, shifts };
}

/** Narrower readings of a wide map, as long as its zero point is among their operands. */
function shiftsToTry({ width, zeroPoint }: MapCoding, { actWidth }: OperandWidths): number[] {
  const all = width - actWidth;
  return [all, all - 1, all - 2].filter(
    (shift) => shift === all || (shift >= 0 && zeroPoint / 2 ** shift < 2 ** actWidth),
  );
}

/** Run the layer on the codes and compare its accumulators with the float sums. */
function inputError(
  { observation, widths: all, module }: RangeContext,
  { layer }: Reader,
  {
    codes,
    coding,
    shift,
  }: { readonly codes: Uint8Array; readonly coding: MapCoding; readonly shift: number },
): number {
  const widths = widthsOf(all, layer.name);
  const read = layer.kind === 'adder' ? operandCoding(coding, shift, widths.actWidth) : coding;
  const folded = foldWeights(layer, read, widths);
  const bare = layerWithoutConstants({
    layer,
    folded,
    input: coding,
    inputShift: shift,
    output: coding,
    widths,
  });
  const accumulate = accumulatorOf(module, bare);
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
