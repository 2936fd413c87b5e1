import { elementCount } from '../element-count.ts';
import { type ElementType, elementBytes, elementReader, toFloat32 } from '../element-type.ts';
import type { FloatTensor } from '../types.ts';
import type { Refuse } from './globals.ts';
import type { PickledTensor } from './pickle-value.ts';

/**
 * Copy a tensor out of its storage, whatever its strides.
 *
 * @param bytes The whole storage; its length must be the storage's.
 * @param refuse Called when an element lies outside; the caller has bounded the number of elements.
 */
export function loadTensor(tensor: PickledTensor, bytes: Uint8Array, refuse: Refuse): FloatTensor {
  const { storage, shape, strides, offset } = tensor;
  const count = elementCount(shape);
  const last = shape.reduce((index, size, d) => index + (size - 1) * strides[d], offset);
  if (count > 0 && last >= storage.count) {
    refuse(`a tensor reaches element ${last} of a storage of ${storage.count}`);
  }
  const size = elementBytes[storage.type];
  const first = (storage.first + offset) * size;
  const data = isContiguous(shape, strides)
    ? toFloat32(bytes.subarray(first, first + count * size), storage.type)
    : gather(tensor, bytes.subarray(storage.first * size), storage.type);
  return { shape, data };
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] !== 1 && strides[d] !== expected) return false;
    expected *= shape[d];
  }
  return true;
}

/** Walk the shape like an odometer: the last dimension turns fastest. */
function gather(
  { shape, strides, offset }: PickledTensor,
  bytes: Uint8Array,
  type: ElementType,
): Float32Array {
  const data = new Float32Array(elementCount(shape));
  const read = elementReader(bytes, type);
  const index = shape.map(() => 0);
  let at = offset;
  for (let i = 0; i < data.length; i++) {
    data[i] = read(at);
    for (let d = shape.length - 1; d >= 0; d--) {
      at += strides[d];
      if (++index[d] < shape[d]) break;
      at -= shape[d] * strides[d];
      index[d] = 0;
    }
  }
  return data;
}
