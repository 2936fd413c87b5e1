import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oddWeights } from '../../src/quantize/odd-weights.ts';

describe('oddWeights()', () => {
  it('rounds to the nearest odd integer when the step is clear', () => {
    // Two planes: -3, -1, 1, 3. All values lie on the grid of step 1.
    const { weights, steps } = oddWeights({
      weights: Float32Array.of(3, 1, -1, -3, 3, -3),
      channels: 1,
      planes: 2,
    });
    expect([...weights]).toEqual([3, 1, -1, -3, 3, -3]);
    expect(steps[0]).toBe(1);
  });

  it('clips a lone large weight when that lowers the squared error', () => {
    const small = Array.from({ length: 200 }, (_, i) => (i % 2 ? 0.5 : -0.5));
    const { weights, steps } = oddWeights({
      weights: Float32Array.from([...small, 2.2]),
      channels: 1,
      planes: 2,
    });
    // Unclipped, steps of 2.2 / 3 = 0.733 miss 0.5 by 0.233 two hundred times.
    expect(steps[0]).toBeLessThan(0.6);
    expect(weights[200]).toBe(3);
  });

  it('gives each channel its own step, 0 where all weights are 0', () => {
    const { weights, steps } = oddWeights({
      weights: Float32Array.of(255, -255, 0, 0, 2.55, 0.01),
      channels: 3,
      planes: 8,
    });
    expect(steps[0]).toBeCloseTo(1, 6);
    expect(steps[1]).toBe(0);
    expect(steps[2]).toBeCloseTo(0.01, 6);
    expect([...weights]).toEqual([255, -255, 1, 1, 255, 1]);
  });

  it('stays odd, within the planes and within a step of the weight when weights are random', () => {
    const finite = fc.float({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 8 }),
        (values, planes) => {
          const given = Float32Array.from(values);
          const { weights, steps } = oddWeights({ weights: given, channels: 1, planes });
          const largest = given.reduce((a, w) => Math.max(a, Math.abs(w)), 0);
          const plainStep = largest / (2 ** planes - 1);
          let error = 0;
          for (const [i, w] of weights.entries()) {
            expect(Math.abs(w % 2)).toBe(1);
            expect(Math.abs(w)).toBeLessThan(2 ** planes);
            error += (given[i] - w * steps[0]) ** 2;
          }
          // The unclipped grid is among the candidates: it misses each weight by a step at most.
          expect(error).toBeLessThanOrEqual(given.length * plainStep ** 2 * (1 + 1e-6));
        },
      ),
    );
  });
});
