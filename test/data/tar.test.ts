import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTar, type TarFile } from '../../src/data/tar.ts';
import { DesignError } from '../../src/issues.ts';
import { tarHeader, writeTar } from './tar-writer.ts';

const a = Uint8Array.from({ length: 700 }, (_, i) => i);
const b = Uint8Array.from([1, 2, 3]);
const archive = writeTar([
  ['dir/a', a],
  ['../../evil', b],
  ['b', b],
]);

async function read(
  bytes: Uint8Array,
  wanted: [string, number][],
  chunk = 100,
): Promise<TarFile[]> {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  const files: TarFile[] = [];
  for await (const file of readTar(chunks(), new Map(wanted), 'x.tar')) files.push(file);
  return files;
}

describe('readTar', () => {
  it.each([1, 511, 512, 5000])(
    'readTar() finds the wanted files when chunks have %i bytes',
    async (chunk) => {
      expect(
        await read(
          archive,
          [
            ['dir/a', 700],
            ['b', 3],
          ],
          chunk,
        ),
      ).toEqual([
        { path: 'dir/a', bytes: a },
        { path: 'b', bytes: b },
      ]);
    },
  );

  it('readTar() passes over folders and links of a wanted name', async () => {
    const link = Buffer.concat([tarHeader('b', 0, '2'), archive]);
    expect(await read(link, [['b', 3]])).toEqual([{ path: 'b', bytes: b }]);
  });

  it('readTar() refuses another size before it reads the file', async () => {
    await expect(read(tarHeader('b', 2 ** 32), [['b', 3]])).rejects.toThrow(
      /"b" has 4294967296 bytes, 3 were expected/,
    );
  });

  it('readTar() refuses a damaged or cut archive', async () => {
    const damaged = Buffer.from(archive);
    damaged[3] ^= 1;
    await expect(read(damaged, [['b', 3]])).rejects.toThrow(
      /checksum of a file header does not hold/,
    );
    await expect(read(archive.subarray(0, 600), [['dir/a', 700]])).rejects.toThrow(
      /ends within "dir\/a"/,
    );
    await expect(read(archive.subarray(0, 600), [])).rejects.toThrow(/ends within a file/);
    await expect(read(archive.subarray(0, 512 * 3), [])).rejects.toThrow(
      /ends without its end mark/,
    );
  });

  it('readTar() throws nothing but DesignErrors when bytes are changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(archive.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const changed = Buffer.from(archive);
          changed[at] ^= flip;
          await read(changed, [
            ['dir/a', 700],
            ['b', 3],
          ]).catch((error) => {
            expect(error).toBeInstanceOf(DesignError);
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});
