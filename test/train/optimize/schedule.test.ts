import { describe, expect, it } from 'vitest';
import { cosineRate } from '../../../src/train/optimize/schedule.ts';

describe('cosineRate()', () => {
  it.each([
    // 0.1 / 2 * (1 + cos 0), (1 + cos 45 deg), (1 + cos 90 deg), (1 + cos 135 deg)
    [0, 0.1],
    [1, 0.0853553],
    [2, 0.05],
    [3, 0.0146447],
    [4, 0],
  ])('cosineRate() of epoch %i of 4 is %f', (epoch, expected) => {
    expect(cosineRate({ rate: 0.1, epoch, epochs: 4 })).toBeCloseTo(expected, 6);
  });
});
