/**
 * @file The one way to run an external program: arguments as an array, never through a shell.
 *
 * Its failures are issues, printed like any other: what was run, how it ended, its last lines, its log.
 */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ExecaError, execa } from 'execa';
import { asFileIssue } from '../src/file-issue.ts';
import { DesignError } from '../src/issues.ts';

/** One run of a program. */
export interface ToolRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** What to do when the program is missing: `Install it: apt install yosys`. */
  readonly install: string;
  /** Ends the program when it aborts. */
  readonly signal?: AbortSignal;
}

/** What a program printed; it ended with exit code 0. */
export interface ToolOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program failed. */
export interface ToolFailure {
  /** As one would type it, quoted where needed. */
  readonly commandLine: string;
  /** `exit code 1`, `signal SIGKILL` or the operating system's words. */
  readonly cause: string;
  /** `undefined` where the program was ended by a signal or never began. */
  readonly exitCode: number | undefined;
  /** The last 20 lines of what it printed. */
  readonly lastLines: readonly string[];
  /** File with all it printed; `undefined` where none could be written. */
  readonly logFile: string | undefined;
}

/** A program that failed. */
export class ToolError extends DesignError {
  readonly failure: ToolFailure;
  constructor(failure: ToolFailure) {
    const { commandLine, cause, lastLines, logFile } = failure;
    const log = logFile === undefined ? [] : [`The whole log is ${logFile}`];
    super([
      {
        problem: `Cannot finish ${commandLine}: ${cause}`,
        remedy: [...lastLines, ...log].join('\n  ') || 'It printed nothing',
      },
    ]);
    this.name = 'ToolError';
    this.failure = failure;
  }
}

/** A program that is not installed. */
export class MissingToolError extends DesignError {
  constructor(command: string, install: string) {
    super([{ problem: `Cannot run "${command}": it is not on PATH`, remedy: install }]);
    this.name = 'MissingToolError';
  }
}

/** Lines of a failed program's output that are shown. */
const SHOWN_LINES = 20;
/** Bytes of output that are kept; a program that prints more is ended. */
const MAX_OUTPUT = 256 * 1024 * 1024;

/**
 * Run a program to its end.
 *
 * Throws `MissingToolError` when it is not installed and `ToolError` when it ends with anything but exit code 0.
 */
export async function runTool(run: ToolRun): Promise<ToolOutput> {
  const { command, args, cwd, signal } = run;
  try {
    const { stdout, stderr } = await execa(command, args, {
      stdin: 'ignore',
      maxBuffer: MAX_OUTPUT,
      ...(cwd === undefined ? {} : { cwd }),
      ...(signal === undefined ? {} : { cancelSignal: signal }),
    });
    return { stdout, stderr };
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    // Node says ENOENT of a missing folder as well, with a text that names the folder.
    if (error.code === 'ENOENT' && !/directory|cwd/.test(error.originalMessage ?? '')) {
      throw new MissingToolError(command, run.install);
    }
    throw await toolError(run, error);
  }
}

async function toolError({ command, args }: ToolRun, error: ExecaError): Promise<ToolError> {
  const output = `${error.stdout ?? ''}\n${error.stderr ?? ''}`.trim();
  const cause =
    error.exitCode !== undefined
      ? `exit code ${error.exitCode}`
      : error.signal !== undefined
        ? `signal ${error.signal}${error.signal === 'SIGKILL' ? ' (out of memory?)' : ''}`
        : (error.originalMessage ?? error.shortMessage);
  return new ToolError({
    commandLine: [command, ...args].map(quote).join(' '),
    cause,
    exitCode: error.exitCode,
    lastLines: output.split('\n').slice(-SHOWN_LINES),
    logFile: error.isCanceled ? undefined : await writeLog(command, output),
  });
}

async function writeLog(command: string, output: string): Promise<string | undefined> {
  try {
    const folder = await mkdtemp(join(tmpdir(), 'adderforge-'));
    const file = join(folder, `${basename(command)}.log`);
    await writeFile(file, `${output}\n`);
    return file;
  } catch (error) {
    // A full disk may be why the program failed: its last lines say so, and must not be lost for the log.
    if (asFileIssue('write a log', error) !== error) return undefined;
    throw error;
  }
}

/** Quote an argument as a shell would want it, for display only. */
function quote(arg: string): string {
  if (/^[\w@%+=:,./-]+$/.test(arg)) return arg;
  return arg.length > 400 ? `'${arg.slice(0, 400)}...'` : `'${arg.replaceAll("'", "'\\''")}'`;
}
