/**
 * @file Random numbers that are a function of their keys: nothing has to be stored to continue a run.
 */

/** Numbers from 0 (included) to 1 that depend on the keys alone (whole numbers; mulberry32, public domain). */
export function randomOf(...keys: readonly number[]): () => number {
  let state = 0;
  for (const key of keys) state = mix(state ^ mix(key + 0x9e3779b9));
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Murmur3's finalizer: neighbouring keys give unrelated numbers. */
function mix(key: number): number {
  let h = key >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
