/** @file Which yosys runs: the installed program, or the WebAssembly of the npm package `@yowasp/yosys`. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fail } from '../../src/issues.ts';
import { packageRoot } from '../../src/package-root.ts';
import { MissingToolError, runTool } from '../tool.ts';

/** Names that `--tool` takes. */
export type YosysKind = 'native' | 'wasm';

export interface Yosys {
  readonly kind: YosysKind;
  /** `0.23`. */
  readonly version: string;
  /** The whole line of `yosys -V`: part of what names a cached result. */
  readonly banner: string;
  readonly command: string;
  readonly firstArgs: readonly string[];
}

const INSTALL_NATIVE = 'Install it (apt install yosys), or run with --tool wasm';
const INSTALL_WASM =
  'Install it in this project (npm install @yowasp/yosys), or run with --tool native';
const INSTALL_ANY =
  'Install one of them: apt install yosys, or npm install @yowasp/yosys in this project';

/** Give the yosys of that kind; without one, the installed program, else the package. Throws an issue when there is none. */
export async function findYosys(kind?: YosysKind): Promise<Yosys> {
  switch (kind) {
    case 'native':
      return (await findNative()) ?? missing('"yosys": it is not on PATH', INSTALL_NATIVE);
    case 'wasm':
      return (await findWasm()) ?? missing('@yowasp/yosys: it is not installed', INSTALL_WASM);
    case undefined:
      return (
        (await findNative()) ??
        (await findWasm()) ??
        missing(
          'yosys: neither the program nor the package @yowasp/yosys is installed',
          INSTALL_ANY,
        )
      );
    default:
      throw new Error(`internal: tool ${kind satisfies never}`);
  }
}

/** The yosys of one kind, `undefined` where it is not installed. */
export async function tryYosys(kind: YosysKind): Promise<Yosys | undefined> {
  return kind === 'native' ? findNative() : findWasm();
}

/** What reports call it: `yosys 0.23 (native)`. */
export function yosysTitle({ version, kind }: Yosys): string {
  return kind === 'native' ? `yosys ${version} (native)` : `yosys ${version} (@yowasp/yosys)`;
}

/** Whether its version is at least this one (`0.55`); development builds (`0.55+12`) count as their release. */
export function isAtLeast({ version }: Yosys, wanted: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

async function findNative(): Promise<Yosys | undefined> {
  try {
    return await ask({ kind: 'native', command: 'yosys', firstArgs: [] });
  } catch (error) {
    if (error instanceof MissingToolError) return undefined;
    throw error;
  }
}

async function findWasm(): Promise<Yosys | undefined> {
  try {
    createRequire(import.meta.url).resolve('@yowasp/yosys');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
  const program = join(packageRoot, 'sim', 'yowasp.mjs');
  const firstArgs = [program, '@yowasp/yosys', 'yosys'];
  return ask({ kind: 'wasm', command: process.execPath, firstArgs });
}

async function ask(tool: Omit<Yosys, 'version' | 'banner'>): Promise<Yosys> {
  const args = [...tool.firstArgs, '-V'];
  const { stdout } = await runTool({ command: tool.command, args, install: INSTALL_ANY });
  const banner = stdout.trim();
  const version = /^Yosys (\d+\.\d+)/.exec(banner)?.[1];
  if (version === undefined) {
    fail(
      `Cannot use yosys: "yosys -V" says "${banner.slice(0, 80)}"`,
      'Put a yosys of version 0.23 or newer on PATH',
    );
  }
  return { ...tool, version, banner };
}

function missing(what: string, install: string): never {
  fail(`Cannot run ${what}`, install);
}
