import { describe, expect, it } from 'vitest';
import {
  addToFit,
  explainedShare,
  startFit,
  unexplainedVariance,
} from '../../src/quantize/fit-error.ts';
import { matchMoments } from '../../src/quantize/match-moments.ts';

describe('matchMoments()', () => {
  it('reads the integers so that mean and variance are the float ones', () => {
    const { unit, constant } = matchMoments({
      reading: { unit: Float64Array.of(0.1), constant: Float64Array.of(0) },
      float: { mean: Float64Array.of(50), variance: Float64Array.of(4) },
      integer: { mean: Float64Array.of(600), variance: Float64Array.of(256) },
      explained: Float64Array.of(1),
    });
    // 2 / 16 = 0.125 a unit; 50 - 0.125 * 600 = -25.
    expect([unit[0], constant[0]]).toEqual([0.125, -25]);
  });

  it('shrinks half as much as least squares when integers explain only a part', () => {
    const { unit, constant } = matchMoments({
      reading: { unit: Float64Array.of(0.1), constant: Float64Array.of(0) },
      float: { mean: Float64Array.of(50), variance: Float64Array.of(4) },
      integer: { mean: Float64Array.of(600), variance: Float64Array.of(256) },
      explained: Float64Array.of(0.81),
    });
    // The correlation is 0.9: least squares would take 0.125 * 0.9, the square root of it is half as far.
    expect(unit[0]).toBeCloseTo(0.125 * Math.sqrt(0.9), 12);
    expect(constant[0]).toBeCloseTo(50 - 600 * unit[0], 9);
  });

  it('only centres a channel when one of the two does not vary', () => {
    const { unit, constant } = matchMoments({
      reading: { unit: Float64Array.of(0.1, 0.1), constant: Float64Array.of(0, 0) },
      float: { mean: Float64Array.of(50, 1), variance: Float64Array.of(4, 0) },
      integer: { mean: Float64Array.of(600, 20), variance: Float64Array.of(0, 9) },
      explained: Float64Array.of(0, 0),
    });
    expect([...unit]).toEqual([0.1, 0.1]);
    expect([...constant]).toEqual([50 - 60, 1 - 2]);
  });

  it('stretches a unit by two at most', () => {
    const { unit } = matchMoments({
      reading: { unit: Float64Array.of(0.1, 0.1), constant: Float64Array.of(0, 0) },
      float: { mean: Float64Array.of(0, 0), variance: Float64Array.of(100, 0.0001) },
      integer: { mean: Float64Array.of(0, 0), variance: Float64Array.of(1, 1) },
      explained: Float64Array.of(1, 1),
    });
    expect([...unit]).toEqual([0.2, 0.05]);
  });
});

describe('unexplainedVariance()', () => {
  it('counts what no affine function of the integers gives', () => {
    const fit = startFit(3);
    // Channel 0: f = 3 - 2a. Channel 1: the integers do not vary. Channel 2: f is 1, 1, 0, 0 for a = 0, 1, 0, 1.
    addToFit(fit, Float32Array.of(3, 5, 1, 1, 7, 1), Int32Array.of(0, 4, 0, 1, 4, 1));
    addToFit(fit, Float32Array.of(-1, 5, 0, -3, 7, 0), Int32Array.of(2, 4, 0, 3, 4, 1));
    const [affine, still, unrelated] = unexplainedVariance(fit);
    expect(affine).toBeCloseTo(0, 9);
    expect(still).toBeCloseTo(1, 9);
    expect(unrelated).toBeCloseTo(0.25, 9);
    const shares = explainedShare(fit);
    expect(shares[0]).toBeCloseTo(1, 9);
    expect([shares[1], shares[2]]).toEqual([0, 0]);
  });
});
