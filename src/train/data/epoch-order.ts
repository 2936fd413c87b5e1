import { randomOf } from './random.ts';

/** Tells this use of the seed from the others. */
const SHUFFLE = 1;

/** Write the order in which an epoch takes the images: a permutation of `0 .. order.length - 1` that depends on seed and epoch alone. */
export function fillEpochOrder(
  order: Int32Array,
  { seed, epoch }: { readonly seed: number; readonly epoch: number },
): void {
  const random = randomOf(seed, SHUFFLE, epoch);
  for (let i = 0; i < order.length; i++) order[i] = i;
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
}
