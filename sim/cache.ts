/**
 * @file Built things, kept under the hash of everything they are made from.
 *
 * An entry is a folder that appears in one rename, so a builder that is interrupted, or two that build the
 * same thing at once, leave nothing half-made: the second finds the first one's folder and drops its own.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { withScratchFolder } from './scratch.ts';

/** Folder of the cache: `$ADDERFORGE_CACHE`, or `.adderforge` in the current folder. */
export function cacheRoot(): string {
  return resolve(process.env.ADDERFORGE_CACHE || '.adderforge');
}

/** One hash over texts; each is framed by its length, so that no two lists share one. */
export function hashOf(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}

/** Names one entry: `kind` is a folder of the cache, `key` a hash. */
export interface CacheEntry {
  readonly kind: string;
  readonly key: string;
  /** Entries of this kind that are kept; the ones used longest ago go first. */
  readonly keep: number;
}

const underWay = new Map<string, Promise<string>>();

/**
 * Folder of a cache entry, made by `make` when it is not there.
 *
 * `make` fills an empty folder that is renamed when it returns. In one process the same entry is made once.
 */
export function cached(
  entry: CacheEntry,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const target = join(cacheRoot(), entry.kind, entry.key);
  const known = underWay.get(target);
  if (known) return known;
  const work = findOrMake(target, entry, make).finally(() => underWay.delete(target));
  underWay.set(target, work);
  return work;
}

async function findOrMake(
  target: string,
  { kind, keep }: CacheEntry,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  if (await touch(target)) return target;
  const folder = join(cacheRoot(), kind);
  await mkdir(folder, { recursive: true });
  await withScratchFolder(folder, async (scratch) => {
    const made = join(scratch, 'entry');
    await mkdir(made);
    await make(made);
    try {
      await rename(made, target);
    } catch (error) {
      // Another process was faster: its entry is as good.
      if (!(await touch(target))) throw error;
    }
  });
  await forgetOldest(folder, keep);
  return target;
}

/** Mark an entry as used now; false when it is not there. */
async function touch(folder: string): Promise<boolean> {
  try {
    const now = new Date();
    await utimes(folder, now, now);
    return true;
  } catch {
    return false;
  }
}

async function forgetOldest(folder: string, keep: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  if (names.length <= keep) return;
  const entries = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      // An entry that another process removes meanwhile counts as oldest.
      return {
        path,
        used: await stat(path).then(
          (s) => s.mtimeMs,
          () => 0,
        ),
      };
    }),
  );
  entries.sort((a, b) => b.used - a.used);
  for (const { path } of entries.slice(keep)) await rm(path, { recursive: true, force: true });
}
