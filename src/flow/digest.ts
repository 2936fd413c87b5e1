/**
 * @file Digests: what a file, a folder or a value is, as one sha256.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../digest.ts';

/** Sha256 of a value's JSON; objects with the same keys in another order count as different. */
export function digestOfValue(value: unknown): string {
  return digestOf(JSON.stringify(value));
}

function filesBelow(folder: string, prefix = ''): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true })
    .flatMap((entry) => {
      const name = join(prefix, entry.name);
      return entry.isDirectory() ? filesBelow(folder, name) : [name];
    })
    .sort();
}

/** Sha256 of a file's bytes, or of a folder's file names and bytes. Throws system errors as they are. */
export function digestOfPath(path: string): string {
  if (!statSync(path).isDirectory()) return digestOf(readFileSync(path));
  return digestOfValue(
    filesBelow(path).map((name) => [name, digestOf(readFileSync(join(path, name)))]),
  );
}

/** The same, or `undefined` where nothing readable is there. */
export function digestIfPresent(path: string): string | undefined {
  try {
    return digestOfPath(path);
  } catch {
    return undefined;
  }
}
