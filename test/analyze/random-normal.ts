import { randomSource } from '../random-source.ts';

/** Seeded numbers from 0 to 1, neither end included. */
function uniform(seed: number): () => number {
  const random = randomSource(seed);
  return () => (random.integer(0, 2 ** 24 - 1) + 0.5) / 2 ** 24;
}

/** Normal values of mean 0 (Box and Muller). */
export function normalValues(count: number, deviation: number, seed: number): Float32Array {
  const next = uniform(seed);
  return Float32Array.from(
    { length: count },
    () => deviation * Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()),
  );
}

/** Laplace values around a median, by the inverse of their distribution. */
export function laplaceValues(
  count: number,
  [median, scale]: readonly [number, number],
  seed: number,
) {
  const next = uniform(seed);
  return Float32Array.from({ length: count }, () => {
    const u = next() - 0.5;
    return median - scale * Math.sign(u) * Math.log(1 - 2 * Math.abs(u));
  });
}
