import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { fail } from '../../issues.ts';
import { readWholeFile } from '../../model/read-whole-file.ts';

const gunzipAsync = promisify(gunzip);

/** Bytes of one file of images, packed or not. */
const MAX_IMAGE_BYTES = 2 ** 31 - 1;

/** Read a file of the user's own images; a name that ends in `.gz` is unpacked. */
export async function readOwnFile(path: string): Promise<Uint8Array> {
  const bytes = await readWholeFile(path, { what: 'image file', most: MAX_IMAGE_BYTES });
  if (!path.endsWith('.gz')) return bytes;
  try {
    const unpacked = await gunzipAsync(bytes, { maxOutputLength: MAX_IMAGE_BYTES });
    // A plain array: `slice` of a Buffer would not copy.
    return new Uint8Array(unpacked.buffer, unpacked.byteOffset, unpacked.length);
  } catch (error) {
    const large = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    fail(
      large
        ? `Cannot open image file "${path}": unpacked it has more than ${MAX_IMAGE_BYTES} bytes, the most that is read`
        : `Cannot open image file "${path}": it is not a complete gzip file`,
      large ? 'Divide the images into smaller sets' : 'Pack the file again',
    );
  }
}
