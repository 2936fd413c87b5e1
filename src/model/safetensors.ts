/**
 * @file safetensors: an 8-byte little-endian header length, a JSON header
 * `{ name: { dtype, shape, data_offsets: [begin, end] } }`, then the tensors' bytes without gaps.
 *
 * Source: https://github.com/huggingface/safetensors (README, "Format").
 */
import { z } from 'zod';
import { fail } from '../issues.ts';
import { type ElementType, elementBytes, isElementType } from './element-type.ts';
import { MAX_RANK, MAX_TENSORS } from './limits.ts';
import { quote } from './names.ts';

/** A tensor as stored: little-endian bytes. */
export interface StoredTensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

const MAX_HEADER_BYTES = 8 * 2 ** 20;

const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()).max(MAX_RANK),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});

/**
 * Read a safetensors file; the tensors view its bytes.
 *
 * @param file Its name in messages.
 */
export function parseSafetensors(bytes: Uint8Array, file: string): Map<string, StoredTensor> {
  const refuse = (reason: string): never =>
    fail(
      `Cannot read safetensors file "${file}": ${reason}`,
      'Write the file again; it is damaged or not a safetensors file',
    );
  const { header, data } = splitHeader(bytes, refuse);
  const names = Object.keys(header).filter((name) => name !== '__metadata__');
  if (names.length > MAX_TENSORS) {
    refuse(`it has ${names.length} tensors, the most is ${MAX_TENSORS}`);
  }
  const entries = names.map((name) => {
    const entry = entrySchema.safeParse(header[name]);
    if (!entry.success) return refuse(`the header's entry ${quote(name)} is malformed`);
    return { name, ...entry.data };
  });
  entries.sort(
    (a, b) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  );
  const tensors = new Map<string, StoredTensor>();
  let expectedBegin = 0;
  for (const {
    name,
    dtype,
    shape,
    data_offsets: [begin, end],
  } of entries) {
    if (!isElementType(dtype)) return refuse(`tensor ${quote(name)} has type ${quote(dtype)}`);
    const length = shape.reduce((product, size) => product * size, elementBytes[dtype]);
    if (begin !== expectedBegin || end - begin !== length || end > data.length) {
      refuse(
        `tensor ${quote(name)} needs bytes ${expectedBegin} to ${expectedBegin + length} of ${data.length}, its entry says ${begin} to ${end}`,
      );
    }
    tensors.set(name, { type: dtype, shape, bytes: data.subarray(begin, end) });
    expectedBegin = end;
  }
  if (expectedBegin !== data.length) {
    refuse(`its tensors end at byte ${expectedBegin} of ${data.length}`);
  }
  return tensors;
}

function splitHeader(bytes: Uint8Array, refuse: (reason: string) => never) {
  if (bytes.length < 8) refuse(`it has ${bytes.length} bytes, the header's length alone takes 8`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > bytes.length - 8 || length > MAX_HEADER_BYTES) {
    refuse(
      `its header has ${length} bytes, at most ${Math.min(bytes.length - 8, MAX_HEADER_BYTES)} are possible`,
    );
  }
  let header: unknown;
  try {
    header = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)),
    );
  } catch {
    refuse('its header is not JSON');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    return refuse('its header is not a JSON object');
  }
  return { header: header as Record<string, unknown>, data: bytes.subarray(8 + length) };
}

/**
 * Write a safetensors file; equal tensors give equal bytes, whatever the map's order.
 *
 * Wider elements come first, then names in code-unit order, so that every tensor is aligned.
 */
export function formatSafetensors(tensors: ReadonlyMap<string, StoredTensor>): Uint8Array {
  const entries = [...tensors].sort(
    ([nameA, a], [nameB, b]) =>
      elementBytes[b.type] - elementBytes[a.type] || (nameA < nameB ? -1 : 1),
  );
  let end = 0;
  const fields = entries.map(([name, { type, shape, bytes }]) => {
    const begin = end;
    end += bytes.length;
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype: type, shape, data_offsets: [begin, end] })}`;
  });
  const json = new TextEncoder().encode(`{${fields.join(',')}}`);
  const headerLength = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerLength + end).fill(0x20, 8, 8 + headerLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(json, 8);
  let offset = 8 + headerLength;
  for (const [, { bytes }] of entries) {
    file.set(bytes, offset);
    offset += bytes.length;
  }
  return file;
}
