import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { withScratchFolder } from '../../../sim/scratch.ts';
import { ToolError } from '../../../sim/tool.ts';
import { estimate } from '../../../sim/yosys/estimate.ts';
import { tryYosys } from '../../../sim/yosys/find-yosys.ts';
import { readDesign } from '../../../sim/yosys/read-design.ts';
import { shortenMemories } from '../../../sim/yosys/shorten.ts';
import { synthesize } from '../../../sim/yosys/synthesize.ts';
import { synthesizeTruly } from '../../../sim/yosys/synthesize-truly.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { silent } from '../../../src/progress.ts';
import { formatEstimate } from '../../../src/report/estimate-table.ts';
import { countCells, countModules, sumModules } from '../../../src/report/resources.ts';
import { fakeYosys } from './fake-yosys.ts';

const small = join(packageRoot, 'test', 'sim', 'yosys', 'fixtures', 'small');
const native = await tryYosys('native');
const wasm = await tryYosys('wasm');
if (!native) console.warn('skipped: estimates by the installed yosys, it is not on PATH');
if (!wasm) console.warn('skipped: estimates by the WebAssembly yosys, @yowasp/yosys is missing');

const MINUTES = 60_000;
/** Shorten the fixture's memory of 1,024 x 32 bits too. */
const SMALL = { words: 1024, bits: 1024 };

// One cache for the file, so that what one test synthesized serves the next.
let cache = '';
let release = () => {};
beforeAll(async () => {
  await new Promise<void>((ready) => {
    void withScratchFolder(tmpdir(), (folder) => {
      cache = folder;
      ready();
      return new Promise<void>((done) => {
        release = done;
      });
    });
  });
});
afterAll(() => release());
afterEach(() => vi.unstubAllEnvs());
const useCache = () => vi.stubEnv('ADDERFORGE_CACHE', cache);

describe.skipIf(!native)('estimate()', () => {
  it('counts the fixture when synthesized by the installed yosys', {
    timeout: 10 * MINUTES,
  }, async () => {
    useCache();
    const steps: number[] = [];
    const report = await estimate({
      designDir: small,
      families: ['xc7', 'ecp5'],
      tool: 'native',
      progress: (done, total, unit) => {
        expect([total, unit]).toEqual([6, 'syntheses']);
        steps.push(done);
      },
    });
    expect(steps).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(report.design).toBe('small');
    expect(Object.keys(report.families)).toEqual(['xc7', 'ecp5']);

    const { total, modules, unflattened, array } = report.families.xc7!;
    // The ROM's 1,024 x 32 bit are one RAMB36, the RAM's 512 x 32 a RAMB18; the 10 x 16 bit product is a DSP.
    expect(total).toMatchObject({ dsp: 1, bram: 1.5 });
    // 8 LUTs an element subtract, up to 10 invert and add; the first row adds to zero and needs fewer.
    expect(array.elements).toBe(16);
    expect(array.lutPerElement).toBeGreaterThan(14);
    expect(array.lutPerElement).toBeLessThan(18);
    // Registers of an element: 8 weight, 8 activation, 9 difference, at most 10 sum.
    expect(array.ffPerElement).toBeGreaterThan(8 + 8 + 9);
    expect(array.ffPerElement).toBeLessThanOrEqual(8 + 8 + 9 + 10);
    expect(modules.an_pe!.instances).toBe(16);
    expect(modules.an_rom).toMatchObject({ instances: 1, bram: 1 });
    expect(unflattened).toEqual(sumModules(modules));
    // Flattened, the total holds the array and little besides.
    expect(total.lut).toBeGreaterThanOrEqual(array.total.lut);

    // 32 bits a word take two 18 Kbit blocks of 1,024 x 18, the RAM of 512 x 36 takes one.
    expect(report.families.ecp5!.total).toMatchObject({ dsp: 1, bram: 3 });
    expect(report.families.ecp5!.other).toEqual({});
    expect(report.families.ecp5!.devices['LFE5U-25F']!.fits).toBe(true);
    expect(formatEstimate(report)).toContain('LFE5U-25F');
  });

  it('runs nothing when the cache has it all', { timeout: 10 * MINUTES }, async () => {
    useCache();
    const request = {
      designDir: small,
      families: ['xc7', 'ecp5'],
      tool: 'native',
      progress: silent,
    } as const;
    const report = await estimate(request);
    await withScratchFolder(tmpdir(), async (folder) => {
      // The same version, but it fails when it is run: only the cache can answer.
      await fakeYosys(folder, native!.version);
      const program = join(folder, 'bin', 'yosys');
      const text = await readFile(program, 'utf8');
      await writeFile(program, text.replace(/Yosys .* \(fake\)/, native!.banner));
      expect(await estimate(request)).toEqual(report);
    });
  });

  it('ends with an issue that shows the line when the RTL is wrong', {
    timeout: MINUTES,
  }, async () => {
    useCache();
    await withScratchFolder(tmpdir(), async (folder) => {
      await cp(small, folder, { recursive: true });
      await writeFile(join(folder, 'rtl/an_pe.sv'), 'module an_pe;\n  wire = ;\nendmodule\n');
      const before = await readdir(join(cache, 'yosys'));
      const error = await estimate({
        designDir: folder,
        families: ['ice40'],
        tool: 'native',
        progress: silent,
      }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ToolError);
      expect((error as ToolError).message).toMatch(/rtl\/an_pe\.sv:2: ERROR: syntax error/);
      const { exitCode, logFile } = (error as ToolError).failure;
      expect(exitCode).toBe(1);
      await rm(dirname(logFile!), { recursive: true });
      // Nothing is left in the cache, neither whole nor in part.
      await vi.waitFor(async () => expect(await readdir(join(cache, 'yosys'))).toEqual(before));
    });
  });
});

describe.skipIf(!native)('synthesizeTruly()', () => {
  it('counts the same with short images when memories become block RAM', {
    timeout: 10 * MINUTES,
  }, async () => {
    useCache();
    const design = await readDesign(small);
    const request = { yosys: native!, family: 'ecp5', netlist: 'total', design } as const;
    const shortened = shortenMemories(design, SMALL);
    // The image's 1,024 x 32 bits all vary.
    expect(shortened.bits).toEqual([32_768]);
    const short = await synthesizeTruly({ ...request, shortened });
    const whole = await synthesize(request);
    expect(countCells('ecp5', short.get('an_top')!)).toEqual(
      countCells('ecp5', whole.get('an_top')!),
    );
  });

  it('synthesizes again as written when a memory became LUTs', {
    timeout: 10 * MINUTES,
  }, async () => {
    useCache();
    await withScratchFolder(tmpdir(), async (folder) => {
      await cp(small, folder, { recursive: true });
      // Read without a clock, the ROM is logic, and its size depends on what it holds.
      const rom = join(folder, 'rtl/an_rom.sv');
      const text = await readFile(rom, 'utf8');
      await writeFile(
        rom,
        text
          .replace('(* ram_style = "block" *) ', '')
          .replace('always_ff @(posedge clk_i) data_o <=', 'assign data_o ='),
      );
      const design = await readDesign(folder);
      const request = { yosys: native!, family: 'ice40', netlist: 'modules', design } as const;
      const shortened = shortenMemories(design, SMALL);
      const truly = await synthesizeTruly({ ...request, shortened });
      const lutsOf = (cells: typeof truly) => countModules('ice40', cells, 'an_top').an_rom!.lut;
      expect(lutsOf(truly)).toBe(lutsOf(await synthesize(request)));
      expect(lutsOf(truly)).not.toBe(
        lutsOf(await synthesize({ ...request, design: shortened.design })),
      );
    });
  });
});

describe.skipIf(!wasm)('synthesize() by WebAssembly', () => {
  it('agrees with the installed yosys within a few percent', {
    timeout: 10 * MINUTES,
  }, async () => {
    useCache();
    const design = await readDesign(small);
    const request = { family: 'xc7', netlist: 'modules', design } as const;
    const count = (cells: Awaited<ReturnType<typeof synthesize>>) =>
      sumModules(countModules('xc7', cells, 'an_top'));
    const figures = count(await synthesize({ ...request, yosys: wasm! }));
    expect(figures).toMatchObject({ dsp: 1, bram: 1.5 });
    if (!native) return;
    const own = count(await synthesize({ ...request, yosys: native }));
    expect(Math.abs(figures.lut / own.lut - 1)).toBeLessThan(0.05);
    expect(Math.abs(figures.ff / own.ff - 1)).toBeLessThan(0.05);
  });
});
