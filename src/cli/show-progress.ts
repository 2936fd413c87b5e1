/**
 * @file Progress on standard error: a spinner with rate and time left on a terminal, else a line now and then.
 *
 * Nothing is shown for work that ends within a second.
 */
import ora, { type Ora } from 'ora';
import type { Progress } from '../progress.ts';

const QUIET_MS = 1_000;
const TERMINAL_REFRESH_MS = 100;
const LINE_EVERY_MS = 10_000;

/** Where progress goes; `clock` and `interactive` are parameters so that tests can drive them. */
export interface ProgressSink {
  readonly interactive: boolean;
  readonly write: (line: string) => void;
  readonly clock: () => number;
}

/** A shown piece of work: pass `report` to the worker, call `end` when it is over. */
export interface ShownProgress {
  readonly report: Progress;
  readonly end: () => void;
}

/** Standard error of this process. */
export const standardError: ProgressSink = {
  interactive: process.stderr.isTTY === true,
  write: (line) => process.stderr.write(`${line}\n`),
  clock: () => performance.now(),
};

function seconds(value: number): string {
  if (value < 60) return `${Math.ceil(value)} s`;
  return `${Math.floor(value / 60)} min ${Math.ceil(value % 60)} s`;
}

function rate(perSecond: number): string {
  return perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toFixed(1);
}

/** One line of progress: `Evaluating: 1200 of 10000 images (240 images/s, 37 s left)`. */
export function progressLine(
  title: string,
  {
    done,
    total,
    unit,
    elapsedMs,
  }: { done: number; total: number; unit: string; elapsedMs: number },
): string {
  if (done <= 0 || elapsedMs <= 0) return `${title}: ${done} of ${total} ${unit}`;
  const perSecond = done / (elapsedMs / 1000);
  const left = seconds(Math.max(0, total - done) / perSecond);
  return `${title}: ${done} of ${total} ${unit} (${rate(perSecond)} ${unit}/s, ${left} left)`;
}

function spinnerFor(title: string): Ora {
  // Left to itself ora would take over standard input and with it Ctrl-C.
  return ora({ text: title, stream: process.stderr, discardStdin: false }).start();
}

/** Begin to show a piece of work. */
export function showProgress(title: string, sink: ProgressSink = standardError): ShownProgress {
  const start = sink.clock();
  let spinner: Ora | undefined;
  let shownAt = Number.NEGATIVE_INFINITY;
  let unitStart = { unit: '', total: -1, at: start };

  const timer = sink.interactive
    ? setTimeout(() => {
        spinner ??= spinnerFor(title);
      }, QUIET_MS)
    : undefined;
  timer?.unref();

  const report: Progress = (done, total, unit) => {
    const now = sink.clock();
    // Work may pass through several phases, each with a unit and total of its own: the rate starts afresh.
    if (unit !== unitStart.unit || total !== unitStart.total) unitStart = { unit, total, at: now };
    const interval = sink.interactive ? TERMINAL_REFRESH_MS : LINE_EVERY_MS;
    const since = Math.max(start, shownAt);
    if (now - start < QUIET_MS || now - since < interval) return;
    shownAt = now;
    const line = progressLine(title, { done, total, unit, elapsedMs: now - unitStart.at });
    if (!sink.interactive) return sink.write(line);
    spinner ??= spinnerFor(title);
    spinner.text = line;
  };

  const end = (): void => {
    clearTimeout(timer);
    spinner?.stop();
  };
  return { report, end };
}

/** Shows nothing (`--quiet`). */
export const hiddenProgress: ShownProgress = { report: () => {}, end: () => {} };
