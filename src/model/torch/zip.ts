/**
 * @file The directory of a zip file, and single entries of it. Nothing is unpacked before it is asked for.
 *
 * Sizes come from the central directory and are checked against the real file before memory is taken: entries must
 * not overlap, so that a small file cannot name the same bytes a thousand times, and an entry is unpacked
 * to the size its reader expects or refused.
 *
 * Source: PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16, 4.5.3.
 */
import { inflateRawSync } from 'node:zlib';
import { MAX_TENSORS } from '../limits.ts';
import { quote } from '../names.ts';
import { crc32 } from './crc32.ts';
import type { Refuse } from './globals.ts';

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  /** Byte of its local header. */
  readonly offset: number;
}

const END_RECORD = 0x06054b50;
const END_RECORD_BYTES = 22;
const END64_LOCATOR = 0x07064b50;
const END64_RECORD = 0x06064b50;
const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_ENTRY_BYTES = 46;
const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;
const IN_ZIP64 = 0xffffffff;

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** A file's bytes with bounded reads of little-endian numbers. */
function viewOf(bytes: Uint8Array, refuse: Refuse) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const within = (at: number, size: number): number =>
    at >= 0 && at + size <= bytes.length
      ? at
      : refuse(`a record of its zip directory lies at byte ${at} of ${bytes.length}`);
  return {
    u16: (at: number) => view.getUint16(within(at, 2), true),
    u32: (at: number) => view.getUint32(within(at, 4), true),
    u64: (at: number) => Number(view.getBigUint64(within(at, 8), true)),
    slice: (at: number, size: number) => bytes.subarray(within(at, size), at + size),
  };
}

type View = ReturnType<typeof viewOf>;

/** Read a zip file's directory: entries by name. */
export function readZipDirectory(bytes: Uint8Array, refuse: Refuse): Map<string, ZipEntry> {
  const view = viewOf(bytes, refuse);
  const { count, start } = findDirectory(view, bytes.length, refuse);
  if (count > 2 * MAX_TENSORS) refuse(`it has ${count} entries, the most is ${2 * MAX_TENSORS}`);
  const entries = new Map<string, ZipEntry>();
  let at = start;
  for (let i = 0; i < count; i++) {
    const { entry, next } = readEntry(view, at, refuse);
    if (entries.has(entry.name)) refuse(`it has two entries named ${quote(entry.name)}`);
    entries.set(entry.name, entry);
    at = next;
  }
  refuseOverlaps([...entries.values()], start, refuse);
  return entries;
}

function findDirectory(view: View, length: number, refuse: Refuse) {
  // The record ends the file, but for a comment of at most 65535 bytes.
  const earliest = Math.max(0, length - END_RECORD_BYTES - 0xffff);
  for (let at = length - END_RECORD_BYTES; at >= earliest; at--) {
    if (view.u32(at) !== END_RECORD) continue;
    const locator = at - 20;
    if (locator >= 0 && view.u32(locator) === END64_LOCATOR) {
      const record = view.u64(locator + 8);
      if (view.u32(record) !== END64_RECORD)
        refuse('its zip64 directory is not where it should be');
      return { count: view.u64(record + 32), start: view.u64(record + 48) };
    }
    return { count: view.u16(at + 10), start: view.u32(at + 16) };
  }
  return refuse('its zip directory is missing; the file seems to be cut');
}

function readEntry(view: View, at: number, refuse: Refuse) {
  if (view.u32(at) !== DIRECTORY_ENTRY) refuse(`its zip directory has no entry at byte ${at}`);
  const nameLength = view.u16(at + 28);
  const extraLength = view.u16(at + 30);
  const extra = at + DIRECTORY_ENTRY_BYTES + nameLength;
  const name = Buffer.from(view.slice(at + DIRECTORY_ENTRY_BYTES, nameLength)).toString('utf8');
  if (view.u16(at + 8) & 1) refuse(`entry ${quote(name)} is encrypted`);
  // Fields that do not fit 32 bits follow in this order in the zip64 extra field.
  let wide = findZip64(view, extra, extra + extraLength);
  const field = (value: number): number => {
    if (value !== IN_ZIP64) return value;
    if (wide === undefined) return refuse(`entry ${quote(name)} lacks its zip64 sizes`);
    wide += 8;
    return view.u64(wide - 8);
  };
  const size = field(view.u32(at + 24));
  const packedSize = field(view.u32(at + 20));
  const offset = field(view.u32(at + 42));
  const entry: ZipEntry = {
    name,
    method: view.u16(at + 10),
    crc: view.u32(at + 16),
    packedSize,
    size,
    offset,
  };
  return { entry, next: extra + extraLength + view.u16(at + 32) };
}

function findZip64(view: View, begin: number, end: number): number | undefined {
  for (let at = begin; at + 4 <= end; at += 4 + view.u16(at + 2)) {
    if (view.u16(at) === 1) return at + 4;
  }
  return undefined;
}

function refuseOverlaps(entries: ZipEntry[], directory: number, refuse: Refuse): void {
  entries.sort((a, b) => a.offset - b.offset);
  for (const [i, { name, offset, packedSize }] of entries.entries()) {
    const end = offset + LOCAL_HEADER_BYTES + packedSize;
    const limit = entries[i + 1]?.offset ?? directory;
    if (end > limit)
      refuse(`entry ${quote(name)} ends at byte ${end}, the next begins at ${limit}`);
  }
}

/** What an entry must be: its exact size, or a largest one. */
export interface ExpectedSize {
  readonly size?: number;
  readonly most?: number;
}

/** Unpack one entry; its checksum must hold. */
export function readZipEntry(
  bytes: Uint8Array,
  entry: ZipEntry,
  { size, most, refuse }: ExpectedSize & { readonly refuse: Refuse },
): Uint8Array {
  const name = quote(entry.name);
  if (size !== undefined && entry.size !== size) {
    refuse(`entry ${name} has ${entry.size} bytes, ${size} were expected`);
  }
  if (most !== undefined && entry.size > most) {
    refuse(`entry ${name} has ${entry.size} bytes, the most is ${most}`);
  }
  const view = viewOf(bytes, refuse);
  if (view.u32(entry.offset) !== LOCAL_HEADER) refuse(`entry ${name} has no header of its own`);
  const skipped = view.u16(entry.offset + 26) + view.u16(entry.offset + 28);
  const packed = view.slice(entry.offset + LOCAL_HEADER_BYTES + skipped, entry.packedSize);
  const content = unpack(entry, packed, refuse);
  if (content.length !== entry.size) {
    refuse(`entry ${name} holds ${content.length} bytes, its directory says ${entry.size}`);
  }
  if (crc32(content) !== entry.crc) refuse(`the checksum of entry ${name} does not hold`);
  return content;
}

function unpack(entry: ZipEntry, packed: Uint8Array, refuse: Refuse): Uint8Array {
  if (entry.method === STORED) return packed;
  const name = quote(entry.name);
  if (entry.method !== DEFLATED) return refuse(`entry ${name} has packing method ${entry.method}`);
  // Deflate cannot pack better than 1032 : 1, so a larger promise is false and takes no memory.
  if (entry.size > 1032 * packed.length) {
    refuse(`entry ${name} cannot have ${entry.size} bytes in ${packed.length}`);
  }
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.size) });
  } catch {
    return refuse(`entry ${name} cannot be unpacked to ${entry.size} bytes`);
  }
}
