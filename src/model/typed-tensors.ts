/**
 * @file Between typed arrays and their stored little-endian bytes.
 */
import { endianness } from 'node:os';
import { type ElementType, elementBytes } from './element-type.ts';
import type { StoredTensor } from './safetensors.ts';

const arrayTypes = {
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
  I16: Int16Array,
  U8: Uint8Array,
} as const;

interface TypedArrays {
  readonly F64: Float64Array;
  readonly F32: Float32Array;
  readonly I32: Int32Array;
  readonly I16: Int16Array;
  readonly U8: Uint8Array;
}
export type TypedElement = keyof typeof arrayTypes;

/** Store a typed array. */
export function storeArray<T extends TypedElement>(
  type: T,
  shape: readonly number[],
  data: TypedArrays[T],
): StoredTensor {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  swapIfBigEndian(bytes, type);
  return { type, shape, bytes };
}

/** Load a stored tensor of this type into an array of its own. */
export function loadArray<T extends TypedElement>(
  type: T,
  { bytes }: StoredTensor,
): TypedArrays[T] {
  // Not `slice`: on a Buffer that is a view.
  const copy = new Uint8Array(bytes);
  swapIfBigEndian(copy, type);
  return new arrayTypes[type](copy.buffer) as TypedArrays[T];
}

function swapIfBigEndian(bytes: Uint8Array, type: ElementType): void {
  if (endianness() === 'LE') return;
  const size = elementBytes[type];
  for (let i = 0; i < bytes.length; i += size) bytes.subarray(i, i + size).reverse();
}
