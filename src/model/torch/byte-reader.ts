/**
 * @file A position in bytes; reading past the end is refused, never padded.
 */
import type { Refuse } from './globals.ts';

/** Reads forward; it lives as long as one pickle is read. */
export interface ByteReader {
  /** The next `count` bytes, as a view. */
  take(count: number): Uint8Array;
  byte(): number;
  uint16(): number;
  int32(): number;
  uint32(): number;
  /** An unsigned 64-bit integer; `Infinity` where a double cannot hold it (it is then too long for any file). */
  uint64(): number;
  /** Big endian, as a pickle stores it. */
  float64(): number;
  /** Text up to the next line feed, without it. */
  line(): string;
  position(): number;
}

/** Read `bytes` from `start`. */
export function readBytes(bytes: Uint8Array, start: number, refuse: Refuse): ByteReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;
  const skip = (count: number): number => {
    if (count > bytes.length - at) {
      refuse(`it ends at byte ${bytes.length}, ${count} more were expected at byte ${at}`);
    }
    const begin = at;
    at += count;
    return begin;
  };
  return {
    take: (count) => {
      const begin = skip(count);
      return bytes.subarray(begin, begin + count);
    },
    byte: () => bytes[skip(1)],
    uint16: () => view.getUint16(skip(2), true),
    int32: () => view.getInt32(skip(4), true),
    uint32: () => view.getUint32(skip(4), true),
    uint64: () => {
      const value = Number(view.getBigUint64(skip(8), true));
      return Number.isSafeInteger(value) ? value : Number.POSITIVE_INFINITY;
    },
    float64: () => view.getFloat64(skip(8)),
    line: () => {
      const end = bytes.indexOf(0x0a, at);
      if (end < 0) return refuse(`a line that starts at byte ${at} does not end`);
      const text = new TextDecoder().decode(bytes.subarray(at, end));
      at = end + 1;
      return text;
    },
    position: () => at,
  };
}
