import type { OperandWidths } from '../fixed/operand.ts';
import { type FoldedWeights, foldWeights } from './fold-weights.ts';
import type { LoweredLayer, LoweredNetwork } from './lowered.ts';
import { type MapCoding, operandCoding } from './map-coding.ts';
import type { ChosenCodings } from './observed.ts';
import { type QuantizeWidths, widthsOf } from './widths.ts';

/** A layer with everything chosen but its constants. */
export interface FoldedLayer {
  readonly layer: LoweredLayer;
  readonly folded: FoldedWeights;
  readonly input: MapCoding;
  readonly inputShift: number;
  readonly output: MapCoding;
  readonly residual?: MapCoding;
  /** Of an adder layer; no other kind looks at them. */
  readonly widths: OperandWidths;
}

/** The grid of passes that do not round weights: fine enough to count as none. */
const FINE_WIDTH = 8;

/**
 * Passes 3 and 4, clamp and round: weights of every layer as codes, what clamping took off in the channels' constants.
 *
 * Clamping is exact, so it costs nothing and comes first; rounding is what errs. `isRounded: false` stops between the
 * two: weights lie on a grid of 8 bits. Both come before the correction, which takes up what they did.
 */
export function foldNetwork(
  { layers }: LoweredNetwork,
  { codings, shifts }: ChosenCodings,
  { widths, isRounded }: { readonly widths: QuantizeWidths; readonly isRounded: boolean },
): FoldedLayer[] {
  return layers.map((layer) => {
    const own = widthsOf(widths, layer.name);
    const grid = isRounded ? own : { ...own, weightWidth: FINE_WIDTH };
    const input = codings.get(layer.input)!;
    const inputShift = shifts.get(layer.name) ?? 0;
    const read = layer.kind === 'adder' ? operandCoding(input, inputShift, own.actWidth) : input;
    return {
      layer,
      folded: foldWeights(layer, read, grid),
      input,
      inputShift,
      output: codings.get(layer.name)!,
      ...(layer.residual && { residual: codings.get(layer.residual.input)! }),
      widths: grid,
    };
  });
}
