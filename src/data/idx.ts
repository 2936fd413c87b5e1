/**
 * @file The idx format of MNIST: two zero bytes, element type, number of dimensions, each dimension as
 * a big-endian 32-bit integer, then the elements, the last dimension fastest.
 */
import { fail } from '../issues.ts';

const UNSIGNED_BYTE = 0x08;

/** An idx file of unsigned bytes; `data` views the file's bytes. */
export interface IdxTensor {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** Read an idx file of unsigned bytes with `rank` dimensions; `file` is its name in messages. */
export function parseIdx(
  bytes: Uint8Array,
  { file, rank }: { readonly file: string; readonly rank: number },
): IdxTensor {
  const refuse = (reason: string): never =>
    fail(`Cannot read idx file "${file}": ${reason}`, 'Use an unchanged file of the data set');
  const headerLength = 4 + 4 * rank;
  if (bytes.length < headerLength) {
    refuse(`a header of ${headerLength} bytes was expected, the file has ${bytes.length}`);
  }
  const header = new DataView(bytes.buffer, bytes.byteOffset, headerLength);
  const magic = header.getUint32(0);
  const wanted = (UNSIGNED_BYTE << 8) | rank;
  if (magic !== wanted)
    refuse(`it starts with ${magic}, ${rank} dimensions of bytes are ${wanted}`);
  const shape = Array.from({ length: rank }, (_, i) => header.getUint32(4 + 4 * i));
  const count = shape.reduce((product, size) => product * size, 1);
  const length = bytes.length - headerLength;
  if (count !== length) refuse(`its header promises ${count} elements, it holds ${length}`);
  return { shape, data: bytes.subarray(headerLength) };
}
