/**
 * @file Where data sets lie: `<root>/<name>`, the root given, else `$ADDERFORGE_DATA`, else `./data`.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { asFileIssue } from '../file-issue.ts';
import { fail } from '../issues.ts';

const gunzipAsync = promisify(gunzip);

/** A data file that may lie in several places; `size` is its exact length in bytes when not compressed. */
export interface WantedFile {
  readonly dataset: string;
  readonly folders: readonly string[];
  readonly file: string;
  readonly size: number;
}

/** The folder that holds one folder for each data set. */
export function dataRoot(root?: string): string {
  return root ?? (process.env.ADDERFORGE_DATA || 'data');
}

/**
 * Read a data file, as it is or with `.gz` after its name, from the first folder that has it.
 *
 * Throws a `DesignError` for a missing file (says both ways to get it) and for any other length than `size`.
 */
export async function readDataFile(wanted: WantedFile): Promise<Uint8Array> {
  for (const folder of wanted.folders) {
    for (const suffix of ['', '.gz']) {
      const path = join(folder, wanted.file + suffix);
      const info = await stat(path).catch(() => undefined);
      if (!info?.isFile()) continue;
      // A compressed file may be larger than its content, by a header and some block headers only.
      if (info.size > wanted.size + 65536) failSize(wanted, path, `${info.size} bytes`);
      const bytes = await readFile(path).catch((error) => {
        throw asFileIssue(`read data file "${path}"`, error);
      });
      const content = suffix === '' ? bytes : await unpack(wanted, path, bytes);
      if (content.length !== wanted.size) failSize(wanted, path, `${content.length} bytes`);
      return content;
    }
  }
  const { dataset, file, folders } = wanted;
  fail(
    `Cannot open data set "${dataset}": neither "${file}" nor "${file}.gz" is in "${folders[0]}"`,
    `Set ADDERFORGE_DATA (or --data) to a folder that holds "${dataset}/${file}", or run "adderforge data fetch ${dataset}"`,
  );
}

async function unpack(wanted: WantedFile, path: string, bytes: Uint8Array): Promise<Uint8Array> {
  try {
    return await gunzipAsync(bytes, { maxOutputLength: wanted.size });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      return failSize(wanted, path, 'more when unpacked');
    }
    fail(
      `Cannot open data file "${path}": it is not a complete gzip file`,
      `Delete it and run "adderforge data fetch ${wanted.dataset}"`,
    );
  }
}

function failSize({ dataset, size }: WantedFile, path: string, found: string): never {
  fail(
    `Cannot open data file "${path}": expected ${size} bytes, found ${found}`,
    `Delete it and run "adderforge data fetch ${dataset}"`,
  );
}
