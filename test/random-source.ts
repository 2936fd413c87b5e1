/**
 * @file A small seeded source of random numbers for tests: the same seed gives the same draws everywhere.
 *
 * mulberry32 (Tommy Ettinger, public domain): 32 bits of state, good enough to vary shapes and codes.
 */

/** Draws from one seed. */
export interface RandomSource {
  /** An integer of `low .. high`, both included. */
  readonly integer: (low: number, high: number) => number;
  /** True with the given probability. */
  readonly chance: (probability: number) => boolean;
  /** One of the given values. */
  readonly pick: <T>(values: readonly T[]) => T;
}

/** Start a sequence of draws. */
export function randomSource(seed: number): RandomSource {
  let state = seed >>> 0;
  const unit = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (low: number, high: number): number =>
    low + Math.floor(unit() * (high - low + 1));
  return {
    integer,
    chance: (probability) => unit() < probability,
    pick: (values) => values[integer(0, values.length - 1)]!,
  };
}
