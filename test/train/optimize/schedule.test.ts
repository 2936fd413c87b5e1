import { describe, expect, it } from 'vitest';
import { cosineRate, stepRate } from '../../../src/train/optimize/schedule.ts';

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

describe('stepRate()', () => {
  const settings = { rate: 0.1, epochs: 2 } as const;
  it('stays for an epoch when it falls by epochs', () => {
    const schedule = 'epoch';
    for (const step of [0, 99]) {
      // Epoch 1 of 2: 0.05 * (1 + cos 90 deg).
      expect(stepRate({ ...settings, schedule }, { epoch: 1, step, steps: 100 })).toBeCloseTo(
        0.05,
        9,
      );
    }
  });
  it('falls within an epoch when it falls by steps', () => {
    const rates = [0, 50, 100].map((step) =>
      stepRate({ ...settings, schedule: 'step' }, { epoch: 1, step, steps: 100 }),
    );
    // 0.05 * (1 + cos 90 deg), (1 + cos 135 deg), (1 + cos 180 deg)
    expect(rates[0]).toBeCloseTo(0.05, 6);
    expect(rates[1]).toBeCloseTo(0.0146447, 6);
    expect(rates[2]).toBeCloseTo(0, 9);
  });
});
