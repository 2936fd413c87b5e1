import type { Normalization } from '../model/types.ts';
import { bestCoding, groupRange } from './choose-ranges.ts';
import { codingOf } from './map-coding.ts';
import { nextTurn } from './next-turn.ts';
import type { Observed } from './observed.ts';
import { outputVariances, type RangeContext, rangeCost } from './range-cost.ts';
import {
  isAdder,
  isForAdders,
  type Reader,
  type TensorGroup,
  tensorGroups,
} from './tensor-groups.ts';
import type { QuantizeWidths } from './widths.ts';

/** Error of an adder layer's output as a share of its variance, by the bits of what it reads and of its weights. */
export interface LocalError {
  readonly read: ReadonlyMap<number, number>;
  readonly weigh: ReadonlyMap<number, number>;
}

/** Weights as good as unrounded, to see the activations alone. */
const FINE = 8;
/** Bits of activations at which weights are judged: their range, and so the weights' grid, depends on it a little. */
const READ_WHILE_WEIGHED = 4;

/**
 * Measure every adder layer alone, with the range that suits it best at each width (`rangeCost`).
 *
 * Both errors are small and independent, so one width is varied at a time and the errors add.
 */
export async function localErrors(
  observed: Observed,
  {
    widths,
    normalization,
  }: { readonly widths: QuantizeWidths; readonly normalization: Normalization },
  tried: readonly number[],
): Promise<Map<string, LocalError>> {
  const variances = outputVariances(observed);
  const errors = new Map<string, LocalError>();
  for (const group of tensorGroups(observed.network)) {
    const whole = groupRange(observed, group, normalization);
    for (const reader of group.readers.filter(isAdder)) {
      const contextOf = (actWidth: number, weightWidth: number): RangeContext => {
        const layerWidths = new Map([[reader.layer.name, { actWidth, weightWidth }]]);
        return { ...observed, variances, widths: { ...widths, layerWidths } };
      };
      const judge = (actWidth: number, weightWidth: number) =>
        judgeAlone(contextOf(actWidth, weightWidth), group, { reader, actWidth });
      const read = new Map<number, number>();
      for (const actWidth of tried) {
        const search = judge(actWidth, FINE);
        read.set(actWidth, bestCoding(search.codingOfRange, whole, search.costOf).error);
        await nextTurn();
      }
      const at = judge(READ_WHILE_WEIGHED, FINE);
      const { coding, error } = bestCoding(at.codingOfRange, whole, at.costOf);
      const weigh = new Map(
        tried.map((width) => {
          const added = judge(READ_WHILE_WEIGHED, width).costOf(coding).error - error;
          return [width, Math.max(0, added)];
        }),
      );
      errors.set(reader.layer.name, { read, weigh });
    }
  }
  return errors;
}

/** How a map would be coded and judged if this layer were its only reader. */
function judgeAlone(
  context: RangeContext,
  group: TensorGroup,
  { reader, actWidth }: { readonly reader: Reader; readonly actWidth: number },
) {
  const width = isForAdders(group) ? actWidth : context.widths.storeWidth;
  const alone = { ...group, readers: [reader] };
  return {
    codingOfRange: (range: Parameters<typeof codingOf>[0]) =>
      codingOf(range, width, 2 ** (width - actWidth)),
    costOf: (coding: ReturnType<typeof codingOf>) => rangeCost(context, alone, coding),
  };
}
