/**
 * @file Which part of each map gets codes: wide ranges lose resolution, narrow ones clip.
 *
 * A map is judged by the error of the layers that read it, not by its own: an adder layer that reads
 * values whose weights lie below them does not care where they are clipped, for instance.
 */
import { INPUT, type Normalization } from '../model/types.ts';
import { inputRange } from './code-input.ts';
import { codingOf, type MapCoding, outputCoding, type Range } from './map-coding.ts';
import { nextTurn } from './next-turn.ts';
import { type RangeContext, rangeError, traceOf } from './range-error.ts';
import { type TensorGroup, tensorGroups } from './tensor-groups.ts';

/** Coarse candidates shrink the observed range by this factor each, the fine ones by its cube root. */
const SHRINK = 0.8;
const COARSE_STEPS = 13;

/** Choose the coding of `input` and of every layer's output, by name. */
export async function chooseRanges(
  context: RangeContext,
  normalization: Normalization,
): Promise<Map<string, MapCoding>> {
  const { network, observation, widths } = context;
  const codings = new Map<string, MapCoding>();
  for (const group of tensorGroups(network)) {
    const isInput = group.tensors[0] === INPUT;
    const whole = isInput ? inputRange(normalization) : observedRange(context, group);
    const coding = bestCoding(whole, widths.actWidth, (candidate) =>
      rangeError(context, group, candidate),
    );
    for (const tensor of group.tensors) codings.set(tensor, coding);
    await nextTurn();
  }
  const largest = observation.outputs.reduce((a, y) => Math.max(a, Math.abs(y)), 0);
  codings.set(network.layers[network.layers.length - 1].name, outputCoding(largest));
  return codings;
}

/** Smallest and largest value of the group's first map, of which the others are maxima. */
function observedRange(context: RangeContext, { tensors }: TensorGroup): Range {
  const map = traceOf(context, tensors[0]);
  return {
    low: map.reduce((a, x) => Math.min(a, x), 0),
    high: map.reduce((a, x) => Math.max(a, x), 0),
  };
}

/** Try shrunken ranges, coarsely over the whole scale and then finely around the best. */
function bestCoding(
  whole: Range,
  width: number,
  errorOf: (coding: MapCoding) => number,
): MapCoding {
  let best = { shrinks: 0, error: Infinity, coding: codingOf(whole, width) };
  const consider = (shrinks: number): void => {
    const factor = SHRINK ** shrinks;
    const coding = codingOf({ low: whole.low * factor, high: whole.high * factor }, width);
    const error = errorOf(coding);
    if (error < best.error) best = { shrinks, error, coding };
  };
  for (let shrinks = 0; shrinks < COARSE_STEPS; shrinks++) consider(shrinks);
  const { shrinks: around } = best;
  for (const third of [-2, -1, 1, 2]) if (around + third / 3 >= 0) consider(around + third / 3);
  return best.coding;
}
