import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cached, hashOf } from '../../sim/cache.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cache-test-'));
  vi.stubEnv('ADDERFORGE_CACHE', root);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

const entry = (name: string, keep = 8) => ({ kind: 'things', key: hashOf([name]), keep });

test('cached() makes an entry once when it is asked for twice, at once and later', async () => {
  let made = 0;
  const make = async (folder: string) => {
    made += 1;
    await writeFile(join(folder, 'thing'), 'content');
  };
  const [first, second] = await Promise.all([cached(entry('a'), make), cached(entry('a'), make)]);
  const third = await cached(entry('a'), make);
  expect(made).toBe(1);
  expect([second, third]).toEqual([first, first]);
  expect(await readFile(join(first, 'thing'), 'utf8')).toBe('content');
});

test('cached() leaves nothing and tries again when making fails', async () => {
  const failing = cached(entry('a'), async (folder) => {
    await writeFile(join(folder, 'half'), 'half');
    throw new Error('no more');
  });
  await expect(failing).rejects.toThrow('no more');
  expect(readdirSync(join(root, 'things'))).toEqual([]);
  const folder = await cached(entry('a'), (made) => writeFile(join(made, 'whole'), 'whole'));
  expect(readdirSync(folder)).toEqual(['whole']);
});

test('cached() takes the entry of a faster process when both make it', async () => {
  const folder = await cached(entry('a'), async (made) => {
    await writeFile(join(made, 'thing'), 'mine');
    // The other process: the same key without this process's knowledge.
    const { mkdir } = await import('node:fs/promises');
    const target = join(root, 'things', hashOf(['a']));
    await mkdir(target);
    await writeFile(join(target, 'thing'), 'theirs');
  });
  expect(await readFile(join(folder, 'thing'), 'utf8')).toBe('theirs');
  expect(readdirSync(join(root, 'things'))).toEqual([hashOf(['a'])]);
});

test('cached() forgets the entry used longest ago when there are too many', async () => {
  const make = async () => {};
  const old = await cached(entry('old', 2), make);
  const used = await cached(entry('used', 2), make);
  utimesSync(old, 1000, 1000);
  utimesSync(used, 500, 500);
  // Being used again makes it the younger of the two.
  await cached(entry('used', 2), make);
  await cached(entry('new', 2), make);
  expect([old, used].map((folder) => existsSync(folder))).toEqual([false, true]);
});

test('hashOf() differs when the same characters are divided differently', () => {
  expect(hashOf(['ab', 'c'])).not.toBe(hashOf(['a', 'bc']));
});
