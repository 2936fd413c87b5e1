/**
 * @file Where a TensorFlow.js backend's tensors meet our WebAssembly kernels.
 *
 * The WASM backend's tensors lie in one memory and our kernels are instantiated on it: nothing is copied. That rests
 * on private parts of the backend, which are looked at before they are used; where they are not as expected, and for
 * every other backend, tensors are copied into a memory of our own and back.
 */
import * as tf from '@tensorflow/tfjs-core';
import { fail } from '../../issues.ts';
import { type Instance, instantiate, instantiateIn, type Kernels } from '../../kernels/instance.ts';
import type { KernelModule } from '../../kernels/web-assembly.ts';

/** What a kernel needs; all tensors are float32. */
export interface KernelCall {
  readonly inputs: readonly tf.TensorInfo[];
  /** Shapes of the tensors to make. */
  readonly outputs: readonly (readonly number[])[];
  /** The start of the scratch memory, when the kernel is described by a record. */
  readonly record?: Int32Array;
  readonly scratchBytes: number;
}

/** Addresses of the tensors, in the call's order, and of the scratch memory. */
export interface Addresses {
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly scratch: number;
}

export interface KernelMemory {
  readonly way: 'shared' | 'copied';
  /** Place the tensors, compute, and return the outputs. */
  run(call: KernelCall, compute: (kernels: Kernels, addresses: Addresses) => void): tf.TensorInfo[];
}

const memories = new WeakMap<object, KernelMemory>();

/** Give a backend its kernels; `way` overrides the choice that its memory allows. */
export function attachKernels(
  backend: tf.KernelBackend,
  module: KernelModule,
  way?: KernelMemory['way'],
): KernelMemory {
  const memory =
    way !== 'copied' && hasSharedMemory(backend)
      ? shareMemory(backend, module)
      : copyMemory(backend, module);
  memories.set(backend, memory);
  return memory;
}

/** The kernels of a backend that `attachKernels` has seen. */
export function kernelMemoryOf(backend: unknown): KernelMemory {
  const memory = memories.get(backend as object);
  if (!memory) throw new Error('internal: useBackend() was not called for this backend');
  return memory;
}

/** Run a kernel that makes one tensor on a backend that `attachKernels` has seen. */
export function runKernel(
  backend: unknown,
  call: KernelCall,
  compute: (kernels: Kernels, addresses: Addresses) => void,
): tf.TensorInfo {
  return kernelMemoryOf(backend).run(call, compute)[0];
}

/** The WASM backend's parts that are used here. */
interface WasmBackend {
  readonly wasm: {
    readonly asm: { readonly memory: { readonly buffer: ArrayBuffer } };
    _malloc(bytes: number): number;
    _free(address: number): void;
  };
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
  makeOutput(shape: readonly number[], dtype: 'float32'): tf.TensorInfo;
}

function hasSharedMemory(backend: unknown): backend is WasmBackend {
  const { wasm, dataIdMap, makeOutput } = backend as Partial<WasmBackend>;
  return (
    wasm?.asm?.memory?.buffer instanceof ArrayBuffer &&
    typeof wasm._malloc === 'function' &&
    typeof wasm._free === 'function' &&
    typeof dataIdMap?.get === 'function' &&
    typeof makeOutput === 'function'
  );
}

function shareMemory(backend: WasmBackend, module: KernelModule): KernelMemory {
  const { wasm } = backend;
  const kernels = instantiateIn(module, wasm.asm.memory);
  let scratch = { address: 0, bytes: 0 };

  function growScratch(bytes: number): void {
    if (scratch.address !== 0) wasm._free(scratch.address);
    // Half as much again: the layers of a network come in rising sizes.
    const taken = Math.ceil(bytes * 1.5);
    scratch = { address: checkAddress(wasm._malloc(taken) >>> 0, taken), bytes: taken };
  }

  const addressOf = ({ dataId }: tf.TensorInfo): number =>
    backend.dataIdMap.get(dataId).memoryOffset;

  return {
    way: 'shared',
    run({ inputs, outputs, record, scratchBytes }, compute) {
      const made = outputs.map((shape) => backend.makeOutput(shape, 'float32'));
      made.forEach((tensor) => {
        checkAddress(addressOf(tensor), tf.util.sizeFromShape(tensor.shape) * BYTES);
      });
      if (scratch.bytes < scratchBytes) growScratch(scratchBytes);
      // The memory may have grown, which takes its old buffer away: it is asked for now.
      if (record) new Int32Array(wasm.asm.memory.buffer, scratch.address).set(record);
      compute(kernels, {
        inputs: inputs.map(addressOf),
        outputs: made.map(addressOf),
        scratch: scratch.address,
      });
      return made;
    },
  };
}

const BYTES = Float32Array.BYTES_PER_ELEMENT;

function checkAddress(address: number, bytes: number): number {
  return address === 0 && bytes > 0 ? failForMemory(bytes) : address;
}

function failForMemory(bytes: number): never {
  return fail(
    `Cannot train: a thread has no ${Math.ceil(bytes / 2 ** 20)} MiB of memory left for another tensor`,
    'Use fewer images a shard',
  );
}

/** The kernels' own constants lie below. */
const FIRST_ADDRESS = 65_536;
/** Kernels read and rewrite this far over a buffer's end. */
const SLACK_BYTES = 64;
const ALIGNMENT_BYTES = 64;
const LIMIT_BYTES = 2 ** 32;

function copyMemory(backend: tf.KernelBackend, module: KernelModule): KernelMemory {
  let instance: (Instance & { readonly bytes: number }) | undefined;

  function holdBytes(bytes: number): Instance {
    if (!instance || instance.bytes < bytes) {
      if (bytes > LIMIT_BYTES) failForMemory(bytes);
      const taken = Math.min(LIMIT_BYTES, 2 ** Math.ceil(Math.log2(bytes)));
      instance = { ...instantiate(module, taken), bytes: taken };
    }
    return instance;
  }

  return {
    way: 'copied',
    run({ inputs, outputs, record, scratchBytes }, compute) {
      let end = FIRST_ADDRESS;
      const reserve = (bytes: number): number => {
        const address = end;
        end += Math.ceil((bytes + SLACK_BYTES) / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
        return address;
      };
      const scratch = reserve(scratchBytes);
      const sizeOf = (shape: readonly number[]): number => tf.util.sizeFromShape([...shape]);
      const from = inputs.map(({ shape }) => reserve(sizeOf(shape) * BYTES));
      const to = outputs.map((shape) => reserve(sizeOf(shape) * BYTES));
      const { kernels, buffer } = holdBytes(end);
      if (record) new Int32Array(buffer, scratch).set(record);
      inputs.forEach(({ dataId }, i) => {
        new Float32Array(buffer, from[i]).set(backend.readSync(dataId) as Float32Array);
      });
      compute(kernels, { inputs: from, outputs: to, scratch });
      return outputs.map((shape, i) =>
        tf.tensor(new Float32Array(buffer, to[i], sizeOf(shape)).slice(), [...shape], 'float32'),
      );
    },
  };
}
