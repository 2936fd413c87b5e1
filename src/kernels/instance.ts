/**
 * @file The WebAssembly kernels, built from `src/kernels/assembly` to `dist/kernels.wasm`.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../issues.ts';
import { packageRoot } from '../package-root.ts';
import { type KernelModule, webAssembly } from './web-assembly.ts';

/** A kernel: addresses and sizes in, results in memory. Their parameters are documented in `src/kernels/assembly`. */
type Kernel = (...args: readonly number[]) => void;

/** Everything `src/kernels/assembly/index.ts` exports. */
export type Kernels = Readonly<
  Record<
    | 'adderFloat'
    | 'convFloat'
    | 'padFloat'
    | 'compactFloat'
    | 'affineFloat'
    | 'reluFloat'
    | 'addFloat'
    | 'poolFloat'
    | 'adderCodes'
    | 'convCodes'
    | 'windowSums'
    | 'padCodes'
    | 'widenCodes'
    | 'poolCodes'
    | 'requantize'
    | 'adderForward'
    | 'adderInputGradient'
    | 'productInputGradient'
    | 'weightGradient'
    | 'normalizeForward'
    | 'normalizeBackward'
    | 'scaleForward'
    | 'scaleBackward'
    | 'roundForward'
    | 'roundBackward'
    | 'poolGradient'
    | 'reluGradient',
    Kernel
  >
>;

/** The kernels with a memory of their own. */
export interface Instance {
  readonly kernels: Kernels;
  readonly buffer: ArrayBuffer;
}

/** Compile the kernels once; the module can be sent to worker threads. */
export async function compileKernels(
  file = join(packageRoot, 'dist', 'kernels.wasm'),
): Promise<KernelModule> {
  return webAssembly.compile(await readKernels(file));
}

async function readKernels(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return fail(
      'Cannot evaluate a network: the compiled kernels "dist/kernels.wasm" are missing',
      'Run "npm run build" in the package folder',
    );
  }
}

/** Give the kernels a memory of at least `bytes` bytes, all zero. */
export function instantiate(module: KernelModule, bytes: number): Instance {
  const memory = takeMemory(Math.ceil(bytes / 65_536));
  return { kernels: instantiateIn(module, memory), buffer: memory.buffer };
}

/** Let the kernels work in a memory that is there already: they neither allocate nor keep anything in it. */
export function instantiateIn(module: KernelModule, memory: unknown): Kernels {
  const instance = new webAssembly.Instance(module, { env: { memory, abort: stop } });
  return instance.exports as Kernels;
}

function takeMemory(pages: number) {
  try {
    return new webAssembly.Memory({ initial: pages });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return fail(
      `Cannot evaluate a network: the machine has no ${Math.ceil(pages / 16)} MiB of memory for another thread`,
      'Use fewer threads',
    );
  }
}

function stop(): never {
  throw new Error('internal: a kernel stopped');
}
