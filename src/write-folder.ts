/**
 * @file Folders appear whole or not at all: they are filled beside their place and renamed.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** Folders that are being filled: ending the process on a signal runs no `finally`, so they go here. */
const unfinished = new Set<string>();
process.once('exit', () => {
  for (const folder of unfinished) rmSync(folder, { recursive: true, force: true });
});

/**
 * Fill a new folder and put it at `dir`, replacing what is there; after an error the old folder is in its place.
 *
 * Whether something may be replaced is the caller's to check.
 */
export async function writeFolder(
  dir: string,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const target = resolve(dir);
  const suffix = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const sibling = (role: string) => join(dirname(target), `.${basename(target)}.${role}-${suffix}`);
  const fresh = sibling('new');
  const old = sibling('old');
  unfinished.add(fresh);
  try {
    await mkdir(fresh, { recursive: true });
    await fill(fresh);
    replace({ target, fresh, old });
    unfinished.add(old);
    await rm(old, { recursive: true, force: true });
  } finally {
    unfinished.delete(fresh);
    unfinished.delete(old);
    // What cannot be removed was never made; the error that is on its way says more.
    await rm(fresh, { recursive: true, force: true }).catch(() => {});
  }
}

/**
 * A folder cannot be renamed onto a full one: the old one steps aside, and comes back if the new one fails.
 *
 * Synchronous, so that no signal is handled between the two renames.
 */
function replace({ target, fresh, old }: { target: string; fresh: string; old: string }): void {
  if (!existsSync(target)) {
    renameSync(fresh, target);
    return;
  }
  renameSync(target, old);
  try {
    renameSync(fresh, target);
  } catch (error) {
    renameSync(old, target);
    throw error;
  }
}
