import type { FmaxSummary } from './route-report.ts';

/** The entry in the middle by Fmax; of an even number the slower of the two in the middle, which is a run that happened. */
export function medianRun<Run extends { readonly fmaxMhz: number }>(runs: readonly Run[]): Run {
  const sorted = runs.toSorted((a, b) => a.fmaxMhz - b.fmaxMhz);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new Error('internal: no run to take the median of');
  return middle;
}

/** Best, median, worst and spread of one run or more. */
export function summarizeFmax(runs: readonly { readonly fmaxMhz: number }[]): FmaxSummary {
  const all = runs.map(({ fmaxMhz }) => fmaxMhz);
  const [bestMhz, worstMhz] = [Math.max(...all), Math.min(...all)];
  const medianMhz = medianRun(runs).fmaxMhz;
  const spreadPercent = Math.round(((bestMhz - worstMhz) / medianMhz) * 1000) / 10;
  return { bestMhz, medianMhz, worstMhz, spreadPercent };
}
