/**
 * @file From anything thrown to what the user reads: problems with remedies, or "this is our fault".
 */
import { asFileIssue } from '../file-issue.ts';
import { DesignError, type Issue } from '../issues.ts';

/** What went wrong: problems of the input, or (`bug`) a fault of the program. */
export interface Explanation {
  readonly issues: readonly Issue[];
  readonly bug: boolean;
}

const VERBS: Readonly<Record<string, string>> = {
  scandir: 'list',
  stat: 'find',
  lstat: 'find',
  access: 'use',
  mkdir: 'create',
  rename: 'replace',
  unlink: 'remove',
  rmdir: 'remove',
  rm: 'remove',
  copyfile: 'copy',
};

/** What was being done, as far as a system error tells: `create "rtl-out/x"`. */
function actionOf(error: NodeJS.ErrnoException): string {
  const { syscall = 'use', path } = error;
  // A rename that fails for its target names it in `dest`: that is the path the user chose.
  const subject = (error as { dest?: string }).dest ?? path;
  return `${VERBS[syscall] ?? syscall} ${subject === undefined ? 'a file' : `"${subject}"`}`;
}

/** A refusal of the operating system, in its own words where `asFileIssue` has no better. */
function fromSystemError(error: Error): readonly Issue[] | undefined {
  const { syscall, code } = error as NodeJS.ErrnoException;
  if (syscall === undefined || code === undefined) return undefined;
  const translated = asFileIssue(actionOf(error), error);
  if (translated instanceof DesignError) return translated.issues;
  const reason = error.message.replace(/^\w+: /, '').replace(/,[^,]*$/, '');
  return [
    {
      problem: `Cannot ${actionOf(error)}: ${reason}`,
      remedy: 'Check the path, or choose another one',
    },
  ];
}

/** Explain anything that was thrown. */
export function explainError(error: unknown): Explanation {
  if (error instanceof DesignError) return { issues: error.issues, bug: false };
  if (error instanceof Error) {
    const issues = fromSystemError(error);
    if (issues !== undefined) return { issues, bug: false };
  }
  const message = error instanceof Error ? error.message : String(error);
  const remedy =
    'This is a fault of adderforge: please report it with the command and what it prints with --verbose';
  return { issues: [{ problem: `Cannot go on: ${message}`, remedy }], bug: true };
}
