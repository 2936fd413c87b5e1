import { describe, expect, it } from 'vitest';
import { progressLine, showProgress } from '../../src/cli/show-progress.ts';

function plainSink() {
  const lines: string[] = [];
  const time = { now: 0 };
  const sink = {
    interactive: false,
    write: (line: string) => lines.push(line),
    clock: () => time.now,
  };
  return { lines, time, sink };
}

describe('progressLine()', () => {
  it('names rate and time left', () => {
    // 1200 in 5 s are 240 a second; 8800 are left: 36.7 s.
    expect(
      progressLine('Evaluating', { done: 1200, total: 10000, unit: 'images', elapsedMs: 5000 }),
    ).toBe('Evaluating: 1200 of 10000 images (240 images/s, 37 s left)');
  });

  it('shows minutes when more than one is left, and small rates with a decimal', () => {
    // 10 in 20 s are 0.5 a second; 90 are left: 180 s.
    expect(
      progressLine('Simulating', { done: 10, total: 100, unit: 'images', elapsedMs: 20000 }),
    ).toBe('Simulating: 10 of 100 images (0.5 images/s, 3 min 0 s left)');
  });

  it('shows the time of one when a second is too short for a rate', () => {
    // 2 in 120 s are 60 s each; 1 is left: 60 s.
    expect(
      progressLine('Estimating', { done: 2, total: 3, unit: 'syntheses', elapsedMs: 120_000 }),
    ).toBe('Estimating: 2 of 3 syntheses (1 min 0 s each, 1 min 0 s left)');
  });

  it('never shows sixty seconds', () => {
    // 1 in 59.9 s; 5 are left: 299.5 s, shown as 300.
    expect(
      progressLine('Estimating', { done: 1, total: 6, unit: 'syntheses', elapsedMs: 59_900 }),
    ).toBe('Estimating: 1 of 6 syntheses (1 min 0 s each, 5 min 0 s left)');
  });

  it('lets the time left run down between reports, and leaves it out when it is over', () => {
    const state = { done: 1, total: 3, unit: 'syntheses', elapsedMs: 60_000 };
    // 60 s each: 120 s are left, less the 45 s since.
    expect(progressLine('Estimating', { ...state, sinceMs: 45_000 })).toBe(
      'Estimating: 1 of 3 syntheses (1 min 0 s each, 1 min 15 s left)',
    );
    expect(progressLine('Estimating', { ...state, sinceMs: 121_000 })).toBe(
      'Estimating: 1 of 3 syntheses (1 min 0 s each)',
    );
  });

  it('says how long it has been when nothing was reported for a while', () => {
    const state = { done: 0, total: 3, unit: 'syntheses', elapsedMs: 0 };
    expect(progressLine('Estimating', { ...state, sinceMs: 70_000 })).toBe(
      'Estimating: 0 of 3 syntheses (1 min 10 s so far)',
    );
  });

  it('shows no rate when nothing is done yet', () => {
    expect(progressLine('Reading', { done: 0, total: 3, unit: 'files', elapsedMs: 2000 })).toBe(
      'Reading: 0 of 3 files',
    );
  });
});

describe('showProgress()', () => {
  it('writes nothing when the work takes less than a second', () => {
    const { lines, time, sink } = plainSink();
    const { report, end } = showProgress('Evaluating', sink);
    for (time.now = 0; time.now < 1000; time.now += 50) report(time.now, 1000, 'images');
    end();
    expect(lines).toEqual([]);
  });

  it('writes a line about every ten seconds when there is no terminal', () => {
    const { lines, time, sink } = plainSink();
    const { report, end } = showProgress('Evaluating', sink);
    // 100 images a second for 35 seconds.
    for (time.now = 0; time.now <= 35_000; time.now += 100) report(time.now / 10, 10_000, 'images');
    end();
    expect(lines).toEqual([
      'Evaluating: 1000 of 10000 images (100 images/s, 1 min 30 s left)',
      'Evaluating: 2000 of 10000 images (100 images/s, 1 min 20 s left)',
      'Evaluating: 3000 of 10000 images (100 images/s, 1 min 10 s left)',
    ]);
  });

  it('measures the rate of each phase by itself when the unit changes', () => {
    const { lines, time, sink } = plainSink();
    const { report } = showProgress('Simulating', sink);
    report(1, 1, 'builds');
    time.now = 60_000;
    report(0, 1000, 'cycles');
    time.now = 70_000;
    // 500 cycles in the 10 s since the phase began.
    report(500, 1000, 'cycles');
    expect(lines.at(-1)).toBe('Simulating: 500 of 1000 cycles (50 cycles/s, 10 s left)');
  });
});
