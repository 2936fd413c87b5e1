/**
 * @file The part of a simulator that no design changes: Verilator's run-time library, our harness, and
 * Verilator's header in precompiled form. Compiled once, it is most of a small design's build time.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';
import { cached, hashOf } from '../cache.ts';
import { inParallel } from '../in-parallel.ts';
import { runTool } from '../tool.ts';
import { compilerFlags, installCompiler, type Optimization, type Toolchain } from './toolchain.ts';

/** Folder of the harness's C++ sources. */
export const harnessFolder = join(packageRoot, 'sim', 'verilator');

/** Objects to link, and how to compile a model that is linked with them. */
export interface Runtime {
  readonly objects: readonly string[];
  /** Flags for the model's own files; the precompiled header among them. */
  readonly modelFlags: readonly string[];
}

/** A kind of simulator. */
export interface Variant {
  readonly toolchain: Toolchain;
  readonly optimization: Optimization;
  readonly trace: boolean;
}

/**
 * Build, or find in the cache, the run-time part for a variant.
 *
 * `librarySources` are the names of Verilator's own sources that the design's model asks for.
 */
export async function buildRuntime(
  variant: Variant,
  librarySources: readonly string[],
): Promise<Runtime> {
  const [library, harness, modelFlags] = await Promise.all([
    buildLibrary(variant, librarySources),
    buildHarness(variant.toolchain),
    precompileHeader(variant),
  ]);
  return { objects: [...library, harness], modelFlags };
}

/** Verilator's own sources; what they do once a cycle is in the headers, so one optimization serves all. */
async function buildLibrary(
  { toolchain, trace }: Variant,
  names: readonly string[],
): Promise<readonly string[]> {
  const { compiler, includeFolder } = toolchain;
  const flags = compilerFlags({ optimization: 'build', trace, includeFolder });
  const key = hashOf([JSON.stringify([toolchain, flags, names])]);
  const folder = await cached({ kind: 'verilator-library', key, keep: 4 }, async (target) => {
    await inParallel(names, (name) =>
      runTool({
        command: compiler,
        install: installCompiler,
        args: [...flags, '-c', join(includeFolder, `${name}.cpp`), '-o', join(target, `${name}.o`)],
      }),
    );
  });
  return names.map((name) => join(folder, `${name}.o`));
}

async function buildHarness(toolchain: Toolchain): Promise<string> {
  const { compiler } = toolchain;
  const flags = ['-std=c++17', '-O2', '-Wall', '-Wextra'];
  const key = hashOf([JSON.stringify([toolchain, flags]), ...(await harnessSources())]);
  const folder = await cached({ kind: 'harness', key, keep: 4 }, async (target) => {
    await runTool({
      command: compiler,
      install: installCompiler,
      args: [...flags, '-c', join(harnessFolder, 'harness.cpp'), '-o', join(target, 'harness.o')],
    });
  });
  return join(folder, 'harness.o');
}

/** Reading Verilator's header takes longer than compiling a small model: it is read once. */
async function precompileHeader({
  toolchain,
  optimization,
  trace,
}: Variant): Promise<readonly string[]> {
  const { compiler, includeFolder } = toolchain;
  const flags = compilerFlags({ optimization, trace, includeFolder });
  const key = hashOf([JSON.stringify([toolchain, flags])]);
  const folder = await cached({ kind: 'verilator-header', key, keep: 4 }, async (target) => {
    const header = join(target, 'first.h');
    const includes = ['verilated.h', ...(trace ? ['verilated_fst_c.h'] : [])];
    await writeFile(header, includes.map((name) => `#include "${name}"\n`).join(''));
    await runTool({
      command: compiler,
      install: installCompiler,
      args: [...flags, '-x', 'c++-header', header, '-o', `${header}.gch`],
    });
  });
  return [...flags, '-include', join(folder, 'first.h')];
}

/** Text of every harness source, in the order of their names. */
export async function harnessSources(): Promise<readonly string[]> {
  const names = (await readdir(harnessFolder)).filter((name) => /\.(h|cpp)$/.test(name)).sort();
  return Promise.all(names.map((name) => readFile(join(harnessFolder, name), 'utf8')));
}
