/**
 * @file Every problem a user can cause, as data, and its one way to be printed.
 *
 * Phases collect `Issue`s and throw them once as a `DesignError`; a program fault of ours is an
 * ordinary `Error` whose message starts with `internal:`.
 */

/** One problem of the input: what cannot be done and why (with both numbers), and what to change. */
export interface Issue {
  /** `Cannot <action>: <reason>`; sentence case, no full stop, names in double quotes. */
  readonly problem: string;
  /** What the user can change. */
  readonly remedy: string;
}

/** Problems of the input, collected; printed by `formatIssues` and never with a stack trace. */
export class DesignError extends Error {
  readonly issues: readonly Issue[];
  constructor(issues: readonly Issue[]) {
    super(formatIssues(issues));
    this.name = 'DesignError';
    this.issues = issues;
  }
}

/** Throw the collected issues, if there are any. */
export function throwIfAny(issues: readonly Issue[]): void {
  if (issues.length > 0) throw new DesignError(issues);
}

/** Throw one issue. */
export function fail(problem: string, remedy: string): never {
  throw new DesignError([{ problem, remedy }]);
}

/** Print issues as the command line shows them: the problem, then the remedy indented below it. */
export function formatIssues(issues: readonly Issue[]): string {
  return issues.map(({ problem, remedy }) => `${problem}\n  ${remedy}`).join('\n');
}
