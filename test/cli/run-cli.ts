/**
 * @file The program as a user runs it: a process of its own, from dist/.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';

export const mainFile = join(packageRoot, 'dist', 'src', 'cli', 'main.js');

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** Folder to run in. */
  readonly cwd: string;
  /** Added to the environment; ADDERFORGE_DATA is left out unless given here. */
  readonly env?: Readonly<Record<string, string>>;
  /** Send this signal ... */
  readonly signal?: NodeJS.Signals;
  /** ... as soon as this returns true; asked every few milliseconds. */
  readonly when?: () => boolean;
  /** Runs the command line instead of node itself, for example `unshare`; node's path and arguments follow. */
  readonly wrapper?: readonly string[];
}

/** Run the program to its end. */
export function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const { ADDERFORGE_DATA: _, ADDERFORGE_DEBUG: __, ...inherited } = process.env;
  const [program, ...rest] = [...(options.wrapper ?? []), process.execPath, mainFile, ...args];
  const child = spawn(program!, rest, {
    cwd: options.cwd,
    env: { ...inherited, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      texts[stream] += text;
    });
  }
  const timer = setInterval(() => {
    if (options.signal === undefined || options.when?.() === false) return;
    clearInterval(timer);
    child.kill(options.signal);
  }, 2);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      clearInterval(timer);
      resolve({ status, ...texts });
    });
  });
}
