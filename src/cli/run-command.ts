/**
 * @file What all commands share: progress, output, errors, exit status.
 *
 * Standard output carries the result and nothing else: text, or with `--json` exactly one object. A command that
 * cannot do its work prints its problems on standard error and, with `--json`, the object
 * `{ "error": [{ "problem", "remedy" }] }`. Status 0 means success only, 1 any problem, 130 an interruption.
 */
import type { Command } from 'commander';
import { formatIssues, type Issue, throwIfAny } from '../issues.ts';
import type { Progress } from '../progress.ts';
import { explainError } from './explain-error.ts';
import type { FlagReader } from './flags.ts';
import { hiddenProgress, showProgress } from './show-progress.ts';

/** Flags that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** What a command has to say when it is done. */
export interface Outcome {
  /** Printed as one line with `--json`. */
  readonly json: object;
  /** Printed otherwise; without a final newline. */
  readonly text: string;
  /** Set when the work was done and its result is a failure, such as a co-simulation that found a difference. */
  readonly failure?: readonly Issue[];
}

/** What a command's work may use. */
export interface CommandContext {
  /** Show progress while `work` runs. */
  readonly during: <T>(title: string, work: (progress: Progress) => Promise<T> | T) => Promise<T>;
  /** Say something on standard error, unless `--quiet`. */
  readonly note: (line: string) => void;
}

/** A context for the flags `--quiet` and `--json`. */
export function commandContext({ quiet }: CommonOptions): CommandContext {
  return {
    during: async (title, work) => {
      const shown = quiet ? hiddenProgress : showProgress(title);
      try {
        return await work(shown.report);
      } finally {
        shown.end();
      }
    },
    note: (line) => {
      if (!quiet) process.stderr.write(`${line}\n`);
    },
  };
}

/** Add the flags that every command has. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--json', 'print exactly one JSON object on standard output')
    .option('--quiet', 'show no progress')
    .option('--verbose', 'show the stack of internal errors (also: ADDERFORGE_DEBUG=1)');
}

/** Write to standard output and wait until it is accepted, so that a full disk or a closed pipe is noticed. */
export function printOut(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** Tell what was thrown, in the form the flags ask for, and set the exit status. */
export async function reportError(error: unknown, options: CommonOptions): Promise<void> {
  process.exitCode = 1;
  const { issues, bug } = explainError(error);
  process.stderr.write(`${formatIssues(issues)}\n`);
  if (bug && (options.verbose || process.env.ADDERFORGE_DEBUG) && error instanceof Error) {
    process.stderr.write(`${error.stack}\n`);
  }
  if (options.json) await printOut(`${JSON.stringify({ error: issues })}\n`).catch(() => {});
}

/** Run a command's work and print its outcome. */
export async function runCommand<Options extends CommonOptions>(
  { options, flags }: { options: Options; flags: FlagReader },
  work: (context: CommandContext) => Promise<Outcome>,
): Promise<void> {
  try {
    throwIfAny(flags.issues);
    const { json, text, failure = [] } = await work(commandContext(options));
    await printOut(options.json ? `${JSON.stringify(json)}\n` : `${text}\n`);
    if (failure.length > 0) {
      process.stderr.write(`${formatIssues(failure)}\n`);
      process.exitCode = 1;
    }
  } catch (error) {
    await reportError(error, options);
  }
}
