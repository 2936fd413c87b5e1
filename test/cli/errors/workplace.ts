import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { writeModel } from '../../../src/model/store.ts';
import { type CliOptions, type CliResult, runCli } from '../run-cli.ts';
import { tinyModel } from '../tiny-model.ts';

/** A folder with `tiny.model`, `tiny.qmodel` and `rtl` in it, to be misused. */
export interface Workplace {
  readonly folder: string;
  readonly run: (args: string, options?: Omit<CliOptions, 'cwd'>) => Promise<CliResult>;
  /** Names in the folder, hidden ones too. */
  readonly names: () => readonly string[];
  readonly remove: () => void;
}

const CONTENT = ['rtl', 'tiny.model', 'tiny.qmodel'];

/** Make one. */
export async function makeWorkplace(): Promise<Workplace> {
  const folder = mkdtempSync(join(tmpdir(), 'adderforge-errors-'));
  const run: Workplace['run'] = (args, options = {}) =>
    runCli(args.split(' '), { cwd: folder, ...options });
  await writeModel(tinyModel(), join(folder, 'tiny.model'));
  await run('quantize tiny.model --dataset drawn --calibration 16 -o tiny.qmodel');
  await run('generate tiny.qmodel --rows 2 --cols 2 -o rtl');
  const names = () => readdirSync(folder).sort();
  expect(names()).toEqual(CONTENT);
  return { folder, run, names, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Expect a refusal as users should see it, and return its text. */
export function expectRefusal({ status, stdout, stderr }: CliResult): string {
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^Cannot /);
  // A remedy below each problem; no stack, and no word of a fault of ours.
  expect(stderr).toMatch(/\n {2}\S/);
  expect(stderr).not.toMatch(/\n\s+at |node:internal|please report|internal:/);
  return stderr;
}
