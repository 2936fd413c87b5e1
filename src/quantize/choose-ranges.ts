/**
 * @file Which part of each map gets codes: wide ranges lose resolution, narrow ones clip.
 *
 * A map is judged by the error of the layers that read it, not by its own: an adder layer that reads
 * values whose weights lie below them does not care where they are clipped, for instance.
 *
 * A map that something else than an adder layer reads is stored with more bits than adder layers take. How many
 * of them such a layer leaves away is its own choice: fewer of them are a narrower range with finer steps.
 */
import { INPUT, type Normalization } from '../model/types.ts';
import { inputRange } from './code-input.ts';
import { codingOf, type MapCoding, outputCoding, type Range } from './map-coding.ts';
import { nextTurn } from './next-turn.ts';
import { type RangeContext, type RangeCost, rangeCost, traceOf } from './range-cost.ts';
import { isForAdders, isReadByAdder, type TensorGroup, tensorGroups } from './tensor-groups.ts';

/** Coarse candidates shrink the observed range by this factor each, the fine ones by its cube root. */
const SHRINK = 0.8;
const COARSE_STEPS = 13;

/** How every map is stored, and how adder layers read it. */
export interface ChosenCodings {
  /** Of `input` and of every layer's output, by name. */
  readonly codings: ReadonlyMap<string, MapCoding>;
  /** `inputShift` of the adder layers, by name. */
  readonly shifts: ReadonlyMap<string, number>;
}

/** Choose the coding of `input` and of every layer's output. */
export async function chooseRanges(
  context: RangeContext,
  normalization: Normalization,
): Promise<ChosenCodings> {
  const { network, observation, widths } = context;
  const codings = new Map<string, MapCoding>();
  const shifts = new Map<string, number>();
  for (const group of tensorGroups(network)) {
    const isInput = group.tensors[0] === INPUT;
    const whole = isInput ? inputRange(normalization) : observedRange(context, group);
    const wide = isInput ? widths.inputWidth : widths.storeWidth;
    const width = isForAdders(group) ? widths.actWidth : wide;
    // Zero must be an operand too, whatever bits an adder layer leaves away.
    const zeroMultiple = isReadByAdder(group) ? 2 ** (width - widths.actWidth) : 1;
    const best = bestCoding(
      (range) => codingOf(range, width, zeroMultiple),
      whole,
      (candidate) => rangeCost(context, group, candidate),
    );
    for (const tensor of group.tensors) codings.set(tensor, best.coding);
    for (const [layer, shift] of best.shifts) shifts.set(layer, shift);
    await nextTurn();
  }
  const largest = observation.outputs.reduce((a, y) => Math.max(a, Math.abs(y)), 0);
  codings.set(network.layers[network.layers.length - 1].name, outputCoding(largest));
  return { codings, shifts };
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
  codingOfRange: (range: Range) => MapCoding,
  whole: Range,
  errorOf: (coding: MapCoding) => RangeCost,
): RangeCost & { readonly coding: MapCoding } {
  const first = codingOfRange(whole);
  let best = { shrinks: 0, coding: first, ...errorOf(first) };
  const consider = (shrinks: number): void => {
    const factor = SHRINK ** shrinks;
    const coding = codingOfRange({ low: whole.low * factor, high: whole.high * factor });
    const found = errorOf(coding);
    if (found.error < best.error) best = { shrinks, coding, ...found };
  };
  for (let shrinks = 1; shrinks < COARSE_STEPS; shrinks++) consider(shrinks);
  const { shrinks: around } = best;
  for (const third of [-2, -1, 1, 2]) if (around + third / 3 >= 0) consider(around + third / 3);
  return best;
}
