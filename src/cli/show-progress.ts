/**
 * @file Progress on standard error: a spinner with rate and time left on a terminal, else a line now and then.
 *
 * Nothing is shown for work that ends within a second.
 */
import ora, { type Ora } from 'ora';
import type { Progress } from '../progress.ts';

const QUIET_MS = 1_000;
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

/** `37 s`, `2 min 5 s` or `3 h 20 min`, rounded up. */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.ceil(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function rate(perSecond: number, unit: string): string {
  if (perSecond < 0.2) return `${duration(1 / perSecond)} each`;
  return `${perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toFixed(1)} ${unit}/s`;
}

/** What is known of a piece of work at its latest report, and how long ago that was. */
export interface ProgressState {
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  /** From the start to the latest report. */
  readonly elapsedMs: number;
  readonly sinceMs?: number;
}

/** One line of progress: `Evaluating: 1200 of 10000 images (240 images/s, 37 s left)`. */
export function progressLine(title: string, state: ProgressState): string {
  const { done, total, unit, elapsedMs, sinceMs = 0 } = state;
  if (done <= 0 || elapsedMs <= 0) {
    const soFar = sinceMs >= QUIET_MS ? ` (${duration((elapsedMs + sinceMs) / 1000)} so far)` : '';
    return `${title}: ${done} of ${total} ${unit}${soFar}`;
  }
  const perSecond = done / (elapsedMs / 1000);
  // The time left runs down between reports, until the next unit of work is overdue.
  const left = Math.max(0, total - done) / perSecond - sinceMs / 1000;
  const shown = left >= 0 ? `, ${duration(left)} left` : '';
  return `${title}: ${done} of ${total} ${unit} (${rate(perSecond, unit)}${shown})`;
}

function spinnerFor(title: string): Ora {
  // Left to itself ora would take over standard input and with it Ctrl-C.
  return ora({ text: title, stream: process.stderr, discardStdin: false }).start();
}

/** Begin to show a piece of work. */
export function showProgress(title: string, sink: ProgressSink = standardError): ShownProgress {
  const start = sink.clock();
  let shownAt = start;
  let latest: (ProgressState & { readonly at: number }) | undefined;
  let spinner: Ora | undefined;
  let phase = { unit: '', total: -1, start };

  const show = (): void => {
    const now = sink.clock();
    if (now - start < QUIET_MS) return;
    const line = latest && progressLine(title, { ...latest, sinceMs: now - latest.at });
    if (sink.interactive) {
      spinner ??= spinnerFor(title);
      spinner.text = line ?? title;
    } else if (now - shownAt >= LINE_EVERY_MS) {
      shownAt = now;
      sink.write(line ?? `${title}: ${duration((now - start) / 1000)} so far`);
    }
  };

  const report: Progress = (done, total, unit) => {
    const now = sink.clock();
    // Work may pass through several phases, each with a unit and total of its own: the rate starts afresh.
    if (unit !== phase.unit || total !== phase.total) phase = { unit, total, start: now };
    if (done !== latest?.done || now === phase.start) {
      latest = { done, total, unit, elapsedMs: now - phase.start, at: now };
    }
    show();
  };

  // Work that reports nothing for a while is seen to be alive all the same.
  const timer = setInterval(show, QUIET_MS);
  timer.unref();
  const end = (): void => {
    clearInterval(timer);
    spinner?.stop();
  };
  return { report, end };
}

/** Shows nothing (`--quiet`). */
export const hiddenProgress: ShownProgress = { report: () => {}, end: () => {} };
