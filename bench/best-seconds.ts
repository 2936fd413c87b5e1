/** How long to repeat, in milliseconds, and how often at least. */
export interface Repetition {
  readonly milliseconds: number;
  readonly warmUp: number;
}

/**
 * Seconds of the fastest repetition: other work on the machine only ever slows down.
 *
 * The first calls are not timed: the compilers' optimizing tiers have to take over.
 */
export function bestSeconds(work: () => void, { milliseconds, warmUp }: Repetition): number {
  for (let i = 0; i < warmUp; i++) work();
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + milliseconds;
  do {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  } while (performance.now() < end);
  return best / 1000;
}
