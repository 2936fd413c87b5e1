/**
 * @file What Verilator and the C++ compiler are called, where their headers lie, and which flags we give them.
 */
import { join } from 'node:path';
import { fail } from '../../src/issues.ts';
import { runTool } from '../tool.ts';

/** What to do when they are missing. */
export const installVerilator = 'Install it (apt-get install verilator)';
export const installCompiler =
  'Install a C++ compiler (apt-get install g++), or name another one in the variable CXX';

/** The installed tools. */
export interface Toolchain {
  /** First line of `verilator --version`. */
  readonly verilatorVersion: string;
  /** Folder of Verilator's C++ sources. */
  readonly includeFolder: string;
  readonly compiler: string;
  /** First line of the compiler's `--version`. */
  readonly compilerVersion: string;
}

let found: Promise<Toolchain> | undefined;

/** Find Verilator (5 or newer) and the C++ compiler (`$CXX`, else `g++`); asked once a process. */
export function findToolchain(): Promise<Toolchain> {
  found ??= askTools().catch((error: unknown) => {
    found = undefined;
    throw error;
  });
  return found;
}

async function askTools(): Promise<Toolchain> {
  const compiler = process.env.CXX || 'g++';
  const verilatorVersion = await firstLine('verilator', {
    args: ['--version'],
    install: installVerilator,
  });
  const major = Number(/^Verilator (\d+)\./.exec(verilatorVersion)?.[1] ?? 0);
  if (major < 5) {
    fail(
      `Cannot co-simulate: Verilator 5 or newer is needed, "verilator --version" says "${verilatorVersion}"`,
      'Install a newer Verilator (https://verilator.org/guide/latest/install.html)',
    );
  }
  const root = await firstLine('verilator', {
    args: ['--getenv', 'VERILATOR_ROOT'],
    install: installVerilator,
  });
  return {
    verilatorVersion,
    includeFolder: join(root, 'include'),
    compiler,
    compilerVersion: await firstLine(compiler, { args: ['--version'], install: installCompiler }),
  };
}

async function firstLine(
  command: string,
  { args, install }: { readonly args: readonly string[]; readonly install: string },
): Promise<string> {
  const { stdout } = await runTool({ command, args, install });
  return stdout.split('\n')[0]!.trim();
}

/** How fast the simulator runs against how fast it is built. */
export type Optimization = 'run' | 'build';

/** Flags of every C++ compilation that includes Verilator's headers; a precompiled header needs them equal. */
export function compilerFlags(variant: {
  readonly optimization: Optimization;
  readonly trace: boolean;
  readonly includeFolder: string;
}): readonly string[] {
  const { optimization, trace, includeFolder } = variant;
  const traced = trace ? 1 : 0;
  return [
    '-std=c++17',
    optimization === 'run' ? '-O3' : '-O1',
    // Generated code and Verilator's own are not ours to warn about.
    '-w',
    '-pthread',
    '-faligned-new',
    `-I${includeFolder}`,
    `-I${join(includeFolder, 'vltstd')}`,
    '-DVERILATOR=1',
    '-DVM_COVERAGE=0',
    '-DVM_SC=0',
    `-DVM_TRACE=${traced}`,
    '-DVM_TRACE_VCD=0',
    `-DVM_TRACE_FST=${traced}`,
    ...(trace ? ['-DADDERFORGE_TRACE'] : []),
  ];
}
