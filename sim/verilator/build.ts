/**
 * @file A design's simulator: Verilator's C++ for the RTL, one thin shim, and the run-time part that all
 * designs share. Cached by the content of everything that goes in; a memory image does not, it is read
 * when the simulation starts.
 */
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { cached, hashOf } from '../cache.ts';
import { inParallel } from '../in-parallel.ts';
import { runTool } from '../tool.ts';
import { buildRuntime, harnessFolder, harnessSources, type Runtime } from './runtime.ts';
import {
  findToolchain,
  installCompiler,
  installVerilator,
  type Optimization,
  type Toolchain,
} from './toolchain.ts';

/** What to build. */
export interface SimulatorRequest {
  readonly designDir: string;
  readonly top: string;
  /** SystemVerilog files in compile order, relative to the design directory. */
  readonly sources: readonly string[];
  /** `run` takes about twice as long to build and simulates two to three times faster. */
  readonly optimization: Optimization;
  /** Able to write a waveform; slower. */
  readonly trace: boolean;
}

/** Above this much generated code the compiler runs on several files at once instead of on all of them as one. */
const ONE_UNIT_BYTES = 400_000;

/** Build a design's simulator, or find it in the cache; gives the program's path. Warnings of Verilator are errors. */
export async function buildSimulator(request: SimulatorRequest): Promise<string> {
  const toolchain = await findToolchain();
  const { designDir, top, sources, optimization, trace } = request;
  const texts = await Promise.all(sources.map((file) => readFile(join(designDir, file), 'utf8')));
  const key = hashOf([
    JSON.stringify([toolchain, top, sources, optimization, trace]),
    ...texts,
    ...(await harnessSources()),
  ]);
  const folder = await cached({ kind: 'simulators', key, keep: 400 }, (target) =>
    build(request, toolchain, target),
  );
  return join(folder, 'simulator');
}

async function build(
  request: SimulatorRequest,
  toolchain: Toolchain,
  target: string,
): Promise<void> {
  const { optimization, trace } = request;
  const generated = join(target, 'generated');
  await verilate(request, generated);
  const makeList = await readFile(join(generated, 'Vdut_classes.mk'), 'utf8');
  const librarySources = listOf(makeList, 'VM_GLOBAL_FAST', 'VM_GLOBAL_SLOW');
  const runtime = await buildRuntime({ toolchain, optimization, trace }, librarySources);
  const objects = await compileModel({ generated, runtime, toolchain });
  await runTool({
    command: toolchain.compiler,
    install: installCompiler,
    args: [
      ...objects,
      ...runtime.objects,
      '-pthread',
      ...(trace ? ['-lz'] : []),
      '-o',
      join(target, 'simulator'),
    ],
  });
  await rm(generated, { recursive: true });
}

async function verilate(request: SimulatorRequest, generated: string): Promise<void> {
  const { designDir, top, sources, trace } = request;
  await runTool({
    command: 'verilator',
    install: installVerilator,
    args: [
      '--cc',
      '-O3',
      '-Wall',
      '--assert',
      '--no-timing',
      // An X that the RTL assigns, or a register without reset, is random: what depends on one shows.
      '--x-assign',
      'unique',
      '--x-initial',
      'unique',
      // One function for a whole array takes the compiler 25 s; in pieces 7 s, and simulates as fast.
      '--output-split',
      '20000',
      '--output-split-cfuncs',
      '1000',
      ...(trace ? ['--trace-fst', '--trace-structs'] : []),
      '--prefix',
      'Vdut',
      '--Mdir',
      resolve(generated),
      '--top-module',
      top,
      ...sources,
    ],
    cwd: designDir,
  });
}

/** Names that Verilator's generated make file lists under the given variables. */
function listOf(makeList: string, ...variables: readonly string[]): readonly string[] {
  return variables.flatMap((variable) => {
    const block = new RegExp(`^${variable} \\+= \\\\\\n((?:\\t.*\\n)*)`, 'm').exec(makeList);
    return block ? block[1]!.split(/[\s\\]+/).filter((name) => name !== '') : [];
  });
}

async function compileModel(job: {
  readonly generated: string;
  readonly runtime: Runtime;
  readonly toolchain: Toolchain;
}): Promise<readonly string[]> {
  const { generated, runtime, toolchain } = job;
  const sources = (await readdir(generated)).filter((name) => name.endsWith('.cpp')).sort();
  const sizes = await Promise.all(
    sources.map(async (name) => (await stat(join(generated, name))).size),
  );
  const shim = join(harnessFolder, 'shim.cpp');
  let units = [...sources.map((name) => join(generated, name)), shim];
  if (sizes.reduce((sum, size) => sum + size, 0) <= ONE_UNIT_BYTES) {
    const unit = join(generated, 'one_unit.cpp');
    await writeFile(unit, units.map((path) => `#include "${path}"\n`).join(''));
    units = [unit];
  }
  return inParallel(units, async (unit, i) => {
    const object = join(generated, `${i}.o`);
    await runTool({
      command: toolchain.compiler,
      install: installCompiler,
      args: [
        ...runtime.modelFlags,
        `-I${generated}`,
        `-I${harnessFolder}`,
        '-c',
        unit,
        '-o',
        object,
      ],
    });
    return object;
  });
}
