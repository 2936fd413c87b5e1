import { describe, expect, it } from 'vitest';
import { medianRun, summarizeFmax } from '../../src/report/fmax-summary.ts';

const runs = (...all: number[]) => all.map((fmaxMhz, index) => ({ seed: index + 1, fmaxMhz }));

describe('medianRun()', () => {
  it('is the run in the middle', () => {
    expect(medianRun(runs(120, 150, 100)).seed).toBe(1);
  });

  it('is the slower of two in the middle when their number is even', () => {
    expect(medianRun(runs(140, 120, 160, 100)).fmaxMhz).toBe(120);
  });
});

describe('summarizeFmax()', () => {
  it('gives best, median, worst and spread', () => {
    // (160 - 100) / 125 = 48 %.
    expect(summarizeFmax(runs(160, 100, 125))).toEqual({
      bestMhz: 160,
      medianMhz: 125,
      worstMhz: 100,
      spreadPercent: 48,
    });
  });
});
