/**
 * @file The one rounding rule and the one saturation rule of the project.
 *
 * The golden model calls them, the RTL (`templates/an_post_lane.sv.hbs`) implements them, and nothing
 * else in the project rounds or saturates an integer.
 */

/**
 * Divide by a power of two and round to nearest, halves towards plus infinity: `floor(u / 2^shift + 1/2)`.
 *
 * Exact for integers of at most 52 bits held in a double, and shifts of at most 30. In hardware: add `2^(shift-1)`, then shift arithmetically.
 */
export function roundShift(u: number, shift: number): number {
  if (shift === 0) return u;
  return Math.floor((u + (1 << (shift - 1))) / (1 << shift));
}

/** The nearest of `low .. high`. */
export function saturate(v: number, low: number, high: number): number {
  return Math.min(Math.max(v, low), high);
}
