/**
 * @file Ctrl-C: end with the shell's status for the signal; temporary files and child processes go first.
 *
 * Writers put results into a temporary place and rename it, so that no target is ever half-written. `process.exit`
 * runs the `exit` handlers that remove those places (`src/write-folder.ts`, `sim/scratch.ts`) and end the running
 * tools (execa does).
 */
/** The shell's status of a program that ended by a signal. */
export const exitStatus = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** End the program on a signal, once; a second signal finds no handler and ends it at once. */
export function exitOnSignals(): void {
  for (const [signal, status] of Object.entries(exitStatus)) {
    process.once(signal, () => {
      process.stderr.write('Interrupted\n');
      process.exit(status);
    });
  }
}
