import { open } from 'node:fs/promises';
import { asFileIssue } from '../file-issue.ts';
import { fail } from '../issues.ts';

/** Read a regular file of at most `most` bytes; `what` names it in messages ("checkpoint"). */
export async function readWholeFile(
  path: string,
  { what, most }: { readonly what: string; readonly most: number },
): Promise<Uint8Array> {
  try {
    const handle = await open(path);
    try {
      const info = await handle.stat();
      if (!info.isFile()) fail(`Cannot read ${what} "${path}": it is no file`, 'Name a file');
      if (info.size > most) {
        fail(
          `Cannot read ${what} "${path}": it has ${info.size} bytes, the most is ${most}`,
          'Check that this is the right file',
        );
      }
      const { buffer, byteOffset, length } = await handle.readFile();
      // A plain array: `slice` of a Buffer would not copy.
      return new Uint8Array(buffer, byteOffset, length);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw asFileIssue(`read ${what} "${path}"`, error);
  }
}
