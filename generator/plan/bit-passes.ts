/**
 * @file The passes of a multiplying layer over the bits of its weights and the slices of its codes.
 *
 * With `W = sum over planes b of 2^b w_b` and `x = sum over slices s of 2^(k s) x_s`, pass (b, s) has the
 * weight 2^(b + k s). Exponents fall, every one has a pass (so there are at least k planes), and the accumulators
 * double where the exponent changes: Horner's rule. `an_walker` counts through the same order.
 */

/** A bit plane of the weights (0: least significant) with a slice of the codes. */
export interface BitPass {
  readonly plane: number;
  readonly slice: number;
  /** The accumulators double before it; true for the very first pass too, which finds nothing. */
  readonly doubles: boolean;
}

/** All passes in their order; with one slice the planes, most significant first. */
export function bitPasses(
  { planes, slices }: { readonly planes: number; readonly slices: number },
  sliceWidth: number,
): BitPass[] {
  const passes: BitPass[] = [];
  for (let exponent = planes - 1 + sliceWidth * (slices - 1); exponent >= 0; exponent--) {
    let doubles = true;
    for (let slice = slices - 1; slice >= 0; slice--) {
      const plane = exponent - sliceWidth * slice;
      if (plane < 0 || plane >= planes) continue;
      passes.push({ plane, slice, doubles });
      doubles = false;
    }
  }
  return passes;
}
