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
import type { ChosenCodings, Observed } from './observed.ts';
import { outputVariances, type RangeCost, rangeCost, type Traces, traceOf } from './range-cost.ts';
import { isAdder, isForAdders, type TensorGroup, tensorGroups } from './tensor-groups.ts';
import { type QuantizeWidths, widthsOf } from './widths.ts';

/** Coarse candidates shrink the observed range by this factor each, the fine ones by its cube root. */
const SHRINK = 0.8;
const COARSE_STEPS = 13;

/** Find the coding of one group of maps, and how adder layers read it. */
type Search = (
  group: TensorGroup,
  whole: Range,
  codingOfRange: (range: Range) => MapCoding,
) => Promise<{ readonly coding: MapCoding; readonly shifts: ReadonlyMap<string, number> }>;

/**
 * Pass 2, choose ranges: the coding of `input` and of every layer's output, by the error of what reads it.
 *
 * `known` codings are kept but for the map that adder layer `anew` reads.
 */
export async function chooseRanges(
  observed: Observed,
  widths: QuantizeWidths,
  normalization: Normalization,
  known?: ChosenCodings & { readonly anew: string },
): Promise<ChosenCodings> {
  const context = { ...observed, widths, variances: outputVariances(observed) };
  return codeMaps(observed, { widths, normalization }, async (group, whole, codingOfRange) => {
    if (known && !group.readers.some(({ layer }) => layer.name === known.anew)) {
      const names = group.readers.map(({ layer }) => layer.name);
      const shifts = [...known.shifts].filter(([name]) => names.includes(name));
      return { coding: known.codings.get(group.tensors[0])!, shifts: new Map(shifts) };
    }
    await nextTurn();
    return bestCoding(codingOfRange, whole, (candidate) => rangeCost(context, group, candidate));
  });
}

/** What `chooseRanges` starts from: every map's whole range, and adder layers that read all of it. */
export function widestRanges(
  observed: Observed,
  widths: QuantizeWidths,
  normalization: Normalization,
): Promise<ChosenCodings> {
  return codeMaps(observed, { widths, normalization }, async (group, whole, codingOfRange) => {
    const coding = codingOfRange(whole);
    const readers = group.readers.filter(isAdder).map(({ layer }) => layer.name);
    const all = (name: string) => coding.width - widthsOf(widths, name).actWidth;
    return { coding, shifts: new Map(readers.map((name) => [name, all(name)])) };
  });
}

async function codeMaps(
  { network, observation }: Observed,
  {
    widths,
    normalization,
  }: { readonly widths: QuantizeWidths; readonly normalization: Normalization },
  search: Search,
): Promise<ChosenCodings> {
  const codings = new Map<string, MapCoding>();
  const shifts = new Map<string, number>();
  for (const group of tensorGroups(network)) {
    const isInput = group.tensors[0] === INPUT;
    const whole = groupRange({ network, observation }, group, normalization);
    const read = group.readers
      .filter(isAdder)
      .map(({ layer }) => widthsOf(widths, layer.name).actWidth);
    const wide = isInput ? widths.inputWidth : widths.storeWidth;
    const width = isForAdders(group) ? Math.max(...read) : wide;
    // Zero must be an operand too, whatever bits an adder layer leaves away.
    const zeroMultiple = 2 ** (width - Math.min(width, ...read));
    const best = await search(group, whole, (range) => codingOf(range, width, zeroMultiple));
    for (const tensor of group.tensors) codings.set(tensor, best.coding);
    for (const [layer, shift] of best.shifts) shifts.set(layer, shift);
  }
  const largest = observation.outputs.reduce((a, y) => Math.max(a, Math.abs(y)), 0);
  codings.set(network.layers[network.layers.length - 1].name, outputCoding(largest));
  return { codings, shifts };
}

/** Smallest and largest value of the group's first map, of which the others are maxima; those of an image are known. */
export function groupRange(
  traces: Traces,
  { tensors }: TensorGroup,
  normalization: Normalization,
): Range {
  if (tensors[0] === INPUT) return inputRange(normalization);
  const map = traceOf(traces, tensors[0]);
  return {
    low: map.reduce((a, x) => Math.min(a, x), 0),
    high: map.reduce((a, x) => Math.max(a, x), 0),
  };
}

/** Try shrunken ranges, coarsely over the whole scale and then finely around the best. */
export function bestCoding(
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
