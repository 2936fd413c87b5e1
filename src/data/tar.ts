/**
 * @file The part of the tar format that a data set's archive needs: regular files in 512-byte blocks.
 *
 * Source: POSIX.1-1988 ustar header; name at 0 (100 bytes), size at 124 (octal), checksum at 148, type at 156,
 * prefix at 345 (155 bytes).
 */
import { fail } from '../issues.ts';

const BLOCK = 512;

/** A file found in the archive. */
export interface TarFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Yield the wanted files of a tar stream, in the order in which they come.
 *
 * @param wanted Exact size in bytes of each wanted path. A file of another size is refused before memory is taken;
 *   files that are not wanted are skipped, and no path of the archive is ever used as a path here.
 * @param archive Its name in messages.
 */
export async function* readTar(
  stream: AsyncIterable<Uint8Array>,
  wanted: ReadonlyMap<string, number>,
  archive: string,
): AsyncGenerator<TarFile> {
  const refuse = (reason: string): never =>
    fail(`Cannot read archive "${archive}": ${reason}`, 'Delete it and fetch the data set again');
  const reader = blockReader(stream, refuse);
  for (;;) {
    const header = await reader.take(BLOCK);
    if (header === undefined) return refuse('it ends without its end mark');
    if (header.every((byte) => byte === 0)) return;
    if (!checksumHolds(header)) refuse('the checksum of a file header does not hold');
    const path = pathOf(header);
    const size = octal(header, 124, 12);
    if (!Number.isSafeInteger(size)) refuse(`the size of "${printable(path)}" is no number`);
    const padding = (BLOCK - (size % BLOCK)) % BLOCK;
    const isRegular = header[156] === 0 || header[156] === 0x30;
    const expected = isRegular ? wanted.get(path) : undefined;
    if (expected === undefined) {
      await reader.skip(size + padding);
      continue;
    }
    if (size !== expected) refuse(`"${path}" has ${size} bytes, ${expected} were expected`);
    const bytes = await reader.take(size);
    if (bytes === undefined) return refuse(`it ends within "${path}"`);
    await reader.skip(padding);
    yield { path, bytes };
  }
}

function blockReader(stream: AsyncIterable<Uint8Array>, refuse: (reason: string) => never) {
  const chunks = stream[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  /** Some bytes, at most `count`; none at the end. */
  const some = async (count: number): Promise<Uint8Array | undefined> => {
    while (rest.length === 0) {
      const next = await chunks.next();
      if (next.done) return undefined;
      rest = next.value;
    }
    const part = rest.subarray(0, count);
    rest = rest.subarray(part.length);
    return part;
  };
  return {
    /** Exactly `count` bytes, or nothing where the stream ends before them. */
    take: async (count: number): Promise<Uint8Array | undefined> => {
      const bytes = new Uint8Array(count);
      for (let at = 0; at < count; ) {
        const part = await some(count - at);
        if (part === undefined) return undefined;
        bytes.set(part, at);
        at += part.length;
      }
      return bytes;
    },
    skip: async (count: number): Promise<void> => {
      for (let left = count; left > 0; ) {
        const part = await some(left);
        if (part === undefined) return refuse('it ends within a file');
        left -= part.length;
      }
    },
  };
}

/** Sum of the header's bytes with the checksum field read as spaces. */
function checksumHolds(header: Uint8Array): boolean {
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  return sum === octal(header, 148, 8);
}

function octal(header: Uint8Array, at: number, length: number): number {
  const text = textAt(header, at, length).trim();
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
}

function textAt(header: Uint8Array, at: number, length: number): string {
  const field = header.subarray(at, at + length);
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString('latin1');
}

function pathOf(header: Uint8Array): string {
  const isUstar = textAt(header, 257, 5) === 'ustar';
  const prefix = isUstar ? textAt(header, 345, 155) : '';
  const name = textAt(header, 0, 100);
  return prefix ? `${prefix}/${name}` : name;
}

const printable = (text: string): string => text.replace(/[^ -~]/g, '?');
