import { describe, expect, it } from 'vitest';
import { fitDistribution } from '../../src/analyze/fit-distribution.ts';
import { laplaceValues, normalValues } from './random-normal.ts';

describe('fitDistribution()', () => {
  it('fits five values as by hand, and leaves them in their order', () => {
    // Mean 20 / 5 = 4, median 3; distances from the median 2 + 1 + 0 + 1 + 7 = 11, scale 11 / 5 = 2.2.
    // Squares about the mean 9 + 4 + 1 + 0 + 36 = 50, variance 10; fourth powers 81 + 16 + 1 + 0 + 1296 = 1394,
    // excess kurtosis 1394 / 5 / 100 - 3 = -0.212.
    const values = Float32Array.of(10, 1, 3, 2, 4);
    const { fits, excessKurtosis, ...rest } = fitDistribution(values);
    expect(rest).toMatchObject({ count: 5, min: 1, max: 10, mean: 4 });
    expect(rest.deviation).toBeCloseTo(Math.sqrt(10), 12);
    expect(excessKurtosis).toBeCloseTo(-0.212, 12);
    // -1 - ln 4.4 = -2.48160, -1/2 - ln(3.16228 * 2.50663) = -2.57023
    expect(fits?.laplace).toMatchObject({ median: 3, scale: 2.2 });
    expect(fits?.laplace.logLikelihood).toBeCloseTo(-2.4816, 4);
    expect(fits?.normal.logLikelihood).toBeCloseTo(-2.57023, 4);
    expect(fits?.better).toBe('laplace');
    expect(values).toEqual(Float32Array.of(10, 1, 3, 2, 4));
  });

  it('takes the middle of the two middle values where there is no middle one', () => {
    expect(fitDistribution(Float32Array.of(4, 1, 2, 9)).fits?.laplace.median).toBe(3);
  });

  it('tells normal from Laplace values, and finds their parameters', () => {
    const normal = fitDistribution(normalValues(40_000, 3, 1));
    expect(normal.fits?.better).toBe('normal');
    // Entropies differ: ln(2 b e) at b = sigma sqrt(2 / pi) is ln(sigma) + 1.4674, that of the normal one ln(sigma) + 1.4189.
    const behind = normal.fits!.normal.logLikelihood - normal.fits!.laplace.logLikelihood;
    expect(behind).toBeCloseTo(0.0484, 2);
    expect(normal.deviation).toBeCloseTo(3, 1);
    expect(Math.abs(normal.excessKurtosis)).toBeLessThan(0.1);

    const laplace = fitDistribution(laplaceValues(40_000, [-2, 5], 2));
    expect(laplace.fits?.better).toBe('laplace');
    expect(Math.abs(laplace.fits!.laplace.scale - 5)).toBeLessThan(0.1);
    expect(Math.abs(laplace.fits!.laplace.median + 2)).toBeLessThan(0.1);
    // Laplace values have variance 2 b^2: ln(2 e b) against ln(sqrt(2 pi e) sqrt(2) b), 0.0724 apart.
    const ahead = laplace.fits!.laplace.logLikelihood - laplace.fits!.normal.logLikelihood;
    expect(ahead).toBeCloseTo(0.0724, 2);
    expect(Math.abs(laplace.excessKurtosis - 3)).toBeLessThan(0.5);
  });

  it('counts every value once', () => {
    const { histogram } = fitDistribution(normalValues(10_000, 1, 3));
    const inside = histogram.counts.reduce((sum, n) => sum + n, 0);
    expect(inside + histogram.below + histogram.above).toBe(10_000);
    // Quantiles 0.1 % and 99.9 %: ten values of ten thousand beyond each, the ends themselves inside.
    expect([histogram.below, histogram.above]).toEqual([10, 10]);
    expect(histogram.counts.indexOf(Math.max(...histogram.counts))).toBeGreaterThan(20);
  });

  it('fits nothing to equal values', () => {
    const { fits, histogram, deviation, excessKurtosis } = fitDistribution(
      Float32Array.of(7, 7, 7),
    );
    expect({ fits, deviation, excessKurtosis }).toEqual({
      fits: undefined,
      deviation: 0,
      excessKurtosis: 0,
    });
    expect(histogram.counts[0]).toBe(3);
  });
});
