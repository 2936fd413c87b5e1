import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { withScratchFolder } from '../../../sim/scratch.ts';
import { checkFamilies, chooseTools } from '../../../sim/yosys/choose-tools.ts';
import { findYosys, isAtLeast, tryYosys, yosysTitle } from '../../../sim/yosys/find-yosys.ts';
import { DesignError } from '../../../src/issues.ts';
import { fakeYosys } from './fake-yosys.ts';

afterEach(() => vi.unstubAllEnvs());

const withFake = (version: string, work: () => Promise<void>) =>
  withScratchFolder(tmpdir(), async (folder) => {
    await fakeYosys(folder, version);
    await work();
  });

const hasWasm = (await tryYosys('wasm')) !== undefined;
if (!hasWasm) console.warn('skipped: tests of the WebAssembly yosys, @yowasp/yosys is missing');

describe('findYosys()', () => {
  it('takes the installed program when there is one', () =>
    withFake('0.23', async () => {
      const yosys = await findYosys();
      expect(yosys).toMatchObject({ kind: 'native', version: '0.23', banner: 'Yosys 0.23 (fake)' });
      expect(yosysTitle(yosys)).toBe('yosys 0.23 (native)');
    }));

  it('throws an issue when the installed program is asked for and missing', async () => {
    vi.stubEnv('PATH', '/adderforge-no-such-folder');
    const error = await findYosys('native').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DesignError);
    expect((error as DesignError).issues[0]!.problem).toBe('Cannot run "yosys": it is not on PATH');
    expect((error as DesignError).issues[0]!.remedy).toContain('--tool wasm');
  });

  it('throws an issue when the program on PATH is no yosys', () =>
    withFake('of another kind', async () => {
      await expect(findYosys()).rejects.toThrow('"yosys -V" says "Yosys of another kind (fake)"');
    }));

  it.skipIf(!hasWasm)('takes the package when no program is installed', async () => {
    vi.stubEnv('PATH', '/adderforge-no-such-folder');
    const yosys = await findYosys();
    expect(yosys.kind).toBe('wasm');
    expect(yosysTitle(yosys)).toMatch(/^yosys 0\.\d+ \(@yowasp\/yosys\)$/);
  });
});

describe('isAtLeast()', () => {
  it('compares numbers, not texts', () => {
    const yosys = (version: string) =>
      ({ kind: 'native', version, banner: '', command: '', firstArgs: [] }) as const;
    expect(isAtLeast(yosys('0.23'), '0.9')).toBe(true);
    expect(isAtLeast(yosys('0.9'), '0.23')).toBe(false);
    expect(isAtLeast(yosys('1.0'), '0.55')).toBe(true);
    expect(isAtLeast(yosys('0.55'), '0.55')).toBe(true);
  });
});

describe('checkFamilies()', () => {
  it('lists every unknown family at once', () => {
    const error = (() => {
      try {
        return checkFamilies(['xc7', 'virtex', 'max10']);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect((error as DesignError).issues.map(({ problem }) => problem)).toEqual([
      'Cannot estimate for family "virtex": it is not known',
      'Cannot estimate for family "max10": it is not known',
    ]);
  });

  it('gives each family once, and throws when there is none', () => {
    expect(checkFamilies(['ecp5', 'xc7', 'ecp5'])).toEqual(['ecp5', 'xc7']);
    expect(() => checkFamilies([])).toThrow('no family is named');
  });
});

describe('chooseTools()', () => {
  it('throws an issue when the installed yosys is forced and too old for a family', () =>
    withFake('0.23', async () => {
      await expect(chooseTools(['xc7', 'cyclonev'], 'native')).rejects.toThrow(
        /family "cyclonev" with yosys 0\.23: it needs 0\.55, older ones make its ROMs of LUTs\n {2}Leave --tool out/,
      );
    }));

  it.skipIf(!hasWasm)(
    'takes the package for a family that the installed yosys is too old for',
    () =>
      withFake('0.23', async () => {
        const tools = await chooseTools(['xc7', 'cyclonev']);
        expect(tools.get('xc7')!.kind).toBe('native');
        expect(tools.get('cyclonev')!.kind).toBe('wasm');
      }),
  );

  it('keeps the installed yosys when it is new enough', () =>
    withFake('0.60', async () => {
      expect((await chooseTools(['cyclonev'])).get('cyclonev')!.kind).toBe('native');
    }));
});
