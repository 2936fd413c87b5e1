/**
 * @file The one interface through which long work tells how far it is.
 *
 * The command line shows it on standard error (`src/cli/show-progress.ts`); tests and libraries pass `silent`.
 */

/** Called with the work done so far, the whole of it, and its unit ("images", "cycles"). */
export type Progress = (done: number, total: number, unit: string) => void;

/** Tells nobody. */
export const silent: Progress = () => {};
