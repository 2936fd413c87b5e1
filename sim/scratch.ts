import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

const alive = new Set<string>();

// `process.exit` on a signal does not run `finally`: what is still there goes here.
process.once('exit', () => {
  for (const folder of alive) rmSync(folder, { recursive: true, force: true });
});

/** Run `work` with an empty folder below `parent` that is removed afterwards, whatever happens. */
export async function withScratchFolder<T>(
  parent: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(parent, '.adderforge-'));
  alive.add(folder);
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    alive.delete(folder);
  }
}
