import { cp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withScratchFolder } from '../../../sim/scratch.ts';
import { readDesign } from '../../../sim/yosys/read-design.ts';
import { DesignError } from '../../../src/issues.ts';
import { packageRoot } from '../../../src/package-root.ts';

const small = join(packageRoot, 'test', 'sim', 'yosys', 'fixtures', 'small');

/** Problems found in a copy of the fixture after `damage`. */
const problemsOf = (damage: (folder: string) => Promise<void>): Promise<readonly string[]> =>
  withScratchFolder(tmpdir(), async (folder) => {
    await cp(small, folder, { recursive: true });
    await damage(folder);
    const error = await readDesign(folder).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DesignError);
    return (error as DesignError).issues.map(({ problem }) => problem.replaceAll(folder, 'design'));
  });

const editManifest = (from: string, to: string) => async (folder: string) => {
  const path = join(folder, 'manifest.json');
  const text = await readFile(path, 'utf8');
  expect(text).toContain(from);
  await writeFile(path, text.replace(from, to));
};

describe('readDesign()', () => {
  it('reads what synthesis needs', async () => {
    const design = await readDesign(small);
    expect(design).toMatchObject({ name: 'small', top: 'an_top', arrayModule: 'an_array' });
    // 4 rows x 4 columns.
    expect(design.elements).toBe(16);
    expect([...design.files.keys()]).toEqual([...design.sources, 'weights.mem']);
  });

  it('lists all missing files at once', async () => {
    const problems = await problemsOf(async (folder) => {
      await rm(join(folder, 'rtl/an_pe.sv'));
      await rm(join(folder, 'weights.mem'));
    });
    expect(problems).toEqual([
      'Cannot synthesize "design" without its file "rtl/an_pe.sv": no such file or directory',
      'Cannot synthesize "design" without its file "weights.mem": no such file or directory',
    ]);
  });

  it('refuses a file that is too large before it reads it', async () => {
    const problems = await problemsOf((folder) => truncate(join(folder, 'weights.mem'), 2 ** 33));
    expect(problems).toHaveLength(1);
    // 8 GiB of nothing in a sparse file.
    expect(problems[0]).toContain('"weights.mem" has 8589934592 bytes');
  });

  it('refuses names that would mean something in a yosys script', async () => {
    for (const name of [
      'rtl/an_pe.sv; !id',
      '-Dx=1.sv',
      '../an_pe.sv',
      'rtl/*.sv',
      '/etc/passwd',
    ]) {
      expect(await problemsOf(editManifest('rtl/an_pe.sv', name))).not.toHaveLength(0);
    }
    expect(await problemsOf(editManifest('"an_top"', '"an_top; !id"'))).not.toHaveLength(0);
    expect(await problemsOf(editManifest('"an_array"', '"*"'))).not.toHaveLength(0);
  });

  it('says what it wants when there is no manifest', async () => {
    const problems = await problemsOf((folder) => rm(join(folder, 'manifest.json')));
    expect(problems).toEqual(['Cannot read design "design": it has no manifest.json']);
  });
});
