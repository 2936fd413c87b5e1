/**
 * @file What all worker threads share: where their compiled file is, and how an error comes back from one.
 */
import { join } from 'node:path';
import { DesignError, type Issue } from './issues.ts';
import { packageRoot } from './package-root.ts';

/** An error as a message: its class does not survive the way between threads, so its parts are sent. */
export interface Failed {
  readonly kind: 'failed';
  readonly issues: readonly Issue[];
  readonly message: string;
}

/** The message that tells of an error. */
export function failedBy(error: unknown): Failed {
  return error instanceof DesignError
    ? { kind: 'failed', issues: error.issues, message: error.message }
    : { kind: 'failed', issues: [], message: error instanceof Error ? error.message : `${error}` };
}

/** The error that a message tells of. */
export function errorOf({ issues, message }: Failed): Error {
  return issues.length > 0 ? new DesignError(issues) : new Error(message);
}

/** A worker's compiled file, by its path from the package's root: Node 20 cannot run TypeScript in a worker thread. */
export function workerFile(...path: readonly string[]): string {
  return join(packageRoot, 'dist', ...path);
}
