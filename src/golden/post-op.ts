import { roundShift, saturate } from '../fixed/round.ts';
import type { QuantizedLayer } from '../quantize/types.ts';

/**
 * Turn one accumulator into one output code: affine step, residual, rounding, saturation.
 *
 * `u = (acc - mean) * mult + (r - zeroPoint) * residual.mult + bias`, then `roundShift` and `saturate`,
 * as `src/quantize/types.ts` defines them. `residualCode` is the residual map's code at the same place
 * and is not read when the layer has no residual. Exact: every intermediate stays below 2^52.
 */
export function postOp(
  layer: QuantizedLayer,
  acc: number,
  c: number,
  residualCode: number,
): number {
  const { mean, mult, shift, bias } = layer.affine;
  let u = (acc - mean[c]) * mult[c] + bias[c];
  if (layer.residual) u += (residualCode - layer.residual.zeroPoint) * layer.residual.mult[c];
  return saturate(roundShift(u, shift[c]), layer.clampLow, layer.clampHigh);
}
