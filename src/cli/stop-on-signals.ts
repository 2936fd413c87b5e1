/**
 * @file Ctrl-C for work that wants to finish its step and save.
 */
import { exitStatus } from './interrupt.ts';

/** A wish to stop, and the status to end with. */
export interface StopRequest {
  readonly signal: AbortSignal;
  /** The shell's status for the signal that came. */
  readonly status: () => number;
  /** Give signals back to the program's own handler. */
  readonly release: () => void;
}

/** From now on the first signal asks to stop (and `tell` says so); a second one ends the program at once. */
export function stopOnSignals(tell: () => void): StopRequest {
  const controller = new AbortController();
  const names = Object.keys(exitStatus) as (keyof typeof exitStatus)[];
  const others = names.map((name) => [name, process.listeners(name)] as const);
  let status = 0;
  for (const name of names) {
    process.removeAllListeners(name);
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitStatus[name]);
      status = exitStatus[name];
      tell();
      controller.abort();
    });
  }
  const release = (): void => {
    for (const [name, listeners] of others) {
      process.removeAllListeners(name);
      for (const listener of listeners) process.on(name, listener);
    }
  };
  return { signal: controller.signal, status: () => status, release };
}
