import * as tf from '@tensorflow/tfjs-core';
import { compileKernels } from '../../../src/kernels/instance.ts';
import { useBackend } from '../../../src/train/backend.ts';
import { attachKernels } from '../../../src/train/ops/kernel-memory.ts';

/** The ways in which kernels reach a backend's tensors. */
export const WAYS = ['wasm, shared', 'wasm, copied', 'cpu, copied'] as const;

/** Use a backend with the kernels attached in the given way; fails where the way is not what was asked for. */
export async function useWay(way: (typeof WAYS)[number]): Promise<void> {
  const [name, memory] = way.split(', ') as ['wasm' | 'cpu', 'shared' | 'copied'];
  await useBackend(name);
  const attached = attachKernels(tf.backend(), await compileKernels(), memory);
  if (attached.way !== memory) throw new Error(`${way} became ${attached.way}`);
}
