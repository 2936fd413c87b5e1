/** @file The TensorFlow.js backend that training runs on, with our kernels. */
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients of all operations.
import '@tensorflow/tfjs-layers';
import { fail } from '../issues.ts';
import { compileKernels } from '../kernels/instance.ts';
import type { KernelModule } from '../kernels/web-assembly.ts';
import { attachKernels } from './ops/kernel-memory.ts';
import { registerOps } from './ops/register-ops.ts';

/** Backends by the names that the command line knows. */
export const BACKEND_NAMES = ['tfjs-node', 'wasm', 'cpu'] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];

/** The package that brings a backend, and the backend's name there. */
const BACKENDS: Readonly<Record<BackendName, { readonly packageName: string; id: string }>> = {
  'tfjs-node': { packageName: '@tensorflow/tfjs-node', id: 'tensorflow' },
  wasm: { packageName: '@tensorflow/tfjs-backend-wasm', id: 'wasm' },
  cpu: { packageName: '@tensorflow/tfjs-backend-cpu', id: 'cpu' },
};

let kernels: Promise<KernelModule> | undefined;

/**
 * Make a backend the one that TensorFlow.js computes on, with our kernels and gradients, and return its name.
 *
 * Without a name it is `tfjs-node` when that package is installed, else `wasm`. Each thread calls this once before
 * anything else; a later call changes the backend. Throws a `DesignError` when the named backend cannot be had.
 */
export async function useBackend(name?: BackendName): Promise<BackendName> {
  const chosen = name ?? ((await whyMissing('tfjs-node')) === undefined ? 'tfjs-node' : 'wasm');
  const { packageName, id } = BACKENDS[chosen];
  const reason = await whyMissing(chosen);
  if (reason !== undefined) {
    fail(
      `Cannot train on "${chosen}": the package "${packageName}" does not load (${reason})`,
      chosen === 'tfjs-node'
        ? `Install it with "npm install --no-save ${packageName}@${tf.version_core}", or use --backend wasm`
        : 'Run "npm ci" in the package folder',
    );
  }
  kernels ??= compileKernels();
  const module = await kernels;
  if (!(await tf.setBackend(id))) {
    fail(`Cannot train on "${chosen}": it does not start on this machine`, 'Use another --backend');
  }
  silenceAdvice(tf.backend());
  attachKernels(tf.backend(), module);
  registerOps();
  return chosen;
}

/** Load a backend's package; the reason when that fails, on one line. */
async function whyMissing(name: BackendName): Promise<string | undefined> {
  try {
    await import(BACKENDS[name].packageName);
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ERR_MODULE_NOT_FOUND' ? 'not installed' : message.split('\n')[0];
  }
}

/** The cpu backend prints advice on the console at its first use in Node. */
function silenceAdvice(backend: unknown): void {
  const adviser = backend as { firstUse?: boolean };
  if (adviser.firstUse === true) adviser.firstUse = false;
}
