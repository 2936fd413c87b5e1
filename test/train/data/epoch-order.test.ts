import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillEpochOrder } from '../../../src/train/data/epoch-order.ts';

function orderOf(length: number, seed: number, epoch: number): Int32Array {
  const order = new Int32Array(length);
  fillEpochOrder(order, { seed, epoch });
  return order;
}

describe('fillEpochOrder()', () => {
  it('fillEpochOrder() makes a permutation that depends on seed and epoch alone', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(), fc.nat(400), (length, seed, epoch) => {
        const order = orderOf(length, seed, epoch);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i));
        expect(orderOf(length, seed, epoch)).toEqual(order);
      }),
    );
  });

  it('fillEpochOrder() differs from epoch to epoch and from seed to seed', () => {
    const first = orderOf(1000, 1, 0);
    for (const other of [orderOf(1000, 1, 1), orderOf(1000, 2, 0)]) {
      // Two random permutations agree in one place on average.
      expect(other.filter((image, i) => image === first[i]).length).toBeLessThan(10);
    }
  });
});
