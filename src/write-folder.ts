/**
 * @file Folders appear whole or not at all: they are filled beside their place and renamed.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

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
  try {
    await mkdir(fresh, { recursive: true });
    await fill(fresh);
    await replace({ target, fresh, old: sibling('old') });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** A folder cannot be renamed onto a full one: the old one steps aside, and comes back if the new one fails. */
async function replace(paths: { target: string; fresh: string; old: string }): Promise<void> {
  const { target, fresh, old } = paths;
  const kept = await stat(target).then(
    () => true,
    () => false,
  );
  if (!kept) return rename(fresh, target);
  await rename(target, old);
  try {
    await rename(fresh, target);
  } catch (error) {
    await rename(old, target);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}
