/**
 * @file Where an engine's buffers lie in the kernels' memory.
 *
 * Addresses are given out first, the memory is taken once, when its size is known and allowed:
 * it never grows, so views of it stay valid.
 */
import { fail } from '../issues.ts';
import { type Instance, instantiate } from './instance.ts';
import type { KernelModule } from './web-assembly.ts';

/** The kernels' own constants lie below. */
const FIRST_ADDRESS = 65_536;
/** Kernels may read and write this far over a buffer's end. */
const SLACK_BYTES = 16;
const ALIGNMENT_BYTES = 64;
/** One thread's share: ResNet-20 takes 5 MiB, VGG-small in float 30. */
const LIMIT_BYTES = 2 ** 30;

type Constant = Float32Array | Float64Array | Int32Array | Int16Array | Uint8Array;

export interface Workspace {
  /** Reserve a buffer and return its address. */
  reserve(bytes: number): number;
  /** Reserve a buffer that holds `values` from the start. */
  place(values: Constant): number;
  /** Take the memory; at most once, and nothing is reserved after it. */
  start(module: KernelModule): Instance;
}

/** Plan a memory for the network `name` (which the message about a too large one states). */
export function createWorkspace(name: string): Workspace {
  const constants: { readonly address: number; readonly values: Constant }[] = [];
  let end = FIRST_ADDRESS;

  function reserve(bytes: number): number {
    const address = end;
    end += Math.ceil((bytes + SLACK_BYTES) / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    if (end > LIMIT_BYTES) {
      fail(
        `Cannot evaluate "${name}": its maps and weights need more than ${end - 1} bytes a thread, the limit is ${LIMIT_BYTES}`,
        'Use a smaller input or fewer channels',
      );
    }
    return address;
  }

  function place(values: Constant): number {
    const address = reserve(values.byteLength);
    constants.push({ address, values });
    return address;
  }

  function start(module: KernelModule): Instance {
    const instance = instantiate(module, end);
    const memory = new Uint8Array(instance.buffer);
    for (const { address, values } of constants) {
      memory.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), address);
    }
    return instance;
  }

  return { reserve, place, start };
}
