/**
 * @file Real runs of yosys and nextpnr on the tiny golden design. They need nextpnr-ice40, which `npm test` installs:
 * without it they fail, they are not skipped.
 */
import { chmod, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { findNextpnr } from '../../../sim/nextpnr/find-nextpnr.ts';
import { type RouteRequest, route } from '../../../sim/nextpnr/route.ts';
import { DesignError } from '../../../src/issues.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { silent } from '../../../src/progress.ts';
import { findRoutableDevice } from '../../../src/report/routable-devices.ts';

const MINUTES = 60_000;
const tiny = join(packageRoot, 'test', 'golden', 'tiny');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adderforge-route-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

const routeTiny = (more: Partial<RouteRequest> = {}) => {
  vi.stubEnv('ADDERFORGE_CACHE', join(folder, 'cache'));
  const device = findRoutableDevice('hx1k')!;
  return route({ designDir: tiny, device, part: 'array', seeds: 2, progress: silent, ...more });
};

const issueOf = async (work: Promise<unknown>) => {
  const error = await work.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DesignError);
  return (error as DesignError).message;
};

describe('route()', () => {
  it('routes the array of 2 x 2 at 4 bits with nothing optimized away', {
    timeout: 5 * MINUTES,
  }, async () => {
    const steps: number[] = [];
    const report = await routeTiny({ progress: (done) => steps.push(done) });
    expect(steps).toEqual([0, 1, 2]);
    expect(report).toMatchObject({ part: 'array', module: 'an_array', device: 'iCE40HX1K' });
    // In: 2 load, 2 x 4 weights, 1 swap, 2 x 4 activations. Out: 2 sums of 5 bits.
    expect(report.harness).toEqual({ inputBits: 19, outputBits: 10 });
    // Weights 4 x 4 (they run along: no shadows), differences 4 x 5, sums 2 x 4 in row 0 and 2 x 5 in row 1, one of the
    // swap's wavefront; both columns read the activations as they come: 55. And the harness's 29.
    expect(report.netlist.ff).toBe(55 + 29);
    expect(report.utilization.ICESTORM_LC!.used).toBeGreaterThanOrEqual(84);
    expect(report.utilization.ICESTORM_LC!.available).toBe(1280);
    expect(report.utilization.SB_IO!.used).toBe(3);

    expect(report.seeds.map(({ seed }) => seed)).toEqual([1, 2]);
    for (const { fmaxMhz, criticalPath } of report.seeds) {
      // The period is the slowest path, up to its rounding to 0.01 ns.
      expect(Math.abs(1000 / fmaxMhz - criticalPath.totalNs)).toBeLessThan(0.02);
      expect(criticalPath.logicNs + criticalPath.routingNs).toBeCloseTo(criticalPath.totalNs, 5);
      expect(criticalPath.steps.at(-1)!.untilNs).toBe(criticalPath.totalNs);
      // Inside an element nothing is as slow as its two carry chains.
      expect(criticalPath.steps.some(({ module }) => module === 'an_pe_signed')).toBe(true);
    }
  });

  it('runs nothing again when all is in the cache', { timeout: 5 * MINUTES }, async () => {
    const known = await routeTiny();
    // Of the same version, but it fails when it is run: only the cache can answer.
    const { title } = await findNextpnr('ice40');
    const bin = join(folder, 'bin');
    await mkdir(bin);
    const version = `nextpnr-ice40 -- (Version ${title.split(' ')[1]})`;
    await writeFile(
      join(bin, 'nextpnr-ice40'),
      `#!/bin/sh\n[ "$1" = --version ] && echo "${version}" && exit 0\nexit 1\n`,
    );
    await chmod(join(bin, 'nextpnr-ice40'), 0o755);
    vi.stubEnv('PATH', `${bin}:${process.env.PATH}`);
    expect(await routeTiny()).toEqual(known);
    // And one seed more does run it; nothing half-made is left.
    const before = await readdir(join(folder, 'cache', 'route'));
    await expect(routeTiny({ seeds: 3 })).rejects.toThrow(/Cannot finish nextpnr-ice40/);
    expect(await readdir(join(folder, 'cache', 'route'))).toEqual(before);
  });

  it('says both numbers when a design does not fit', { timeout: 5 * MINUTES }, async () => {
    expect(await issueOf(routeTiny({ part: 'whole' }))).toMatch(
      /Cannot fit "tiny" into iCE40HX1K: it needs [\d,]+ logic cells, the device has 1,280\n.*hx8k/,
    );
  });

  it('routes the whole accelerator', { timeout: 5 * MINUTES }, async () => {
    const device = findRoutableDevice('hx8k')!;
    const report = await routeTiny({ part: 'whole', device, seeds: 1 });
    expect(report.module).toBe('an_top');
    expect(report.logicCellsPerElement).toBeUndefined();
    expect(report.utilization.ICESTORM_RAM!.used).toBeGreaterThan(0);
    expect(report.fmax.medianMhz).toBeGreaterThan(20);
    // Every step of the path lies in a module of the design, or begins at a port.
    const modules = new Set(report.criticalPath.steps.map(({ module }) => module));
    expect([...modules].every((module) => /^an_\w+$/.test(module ?? ''))).toBe(true);
  });

  it('refuses a design that has changed since it was generated', async () => {
    const changed = join(folder, 'changed');
    await cp(tiny, changed, { recursive: true });
    await writeFile(join(changed, 'an_pe_signed.sv'), 'module an_pe_signed;\nendmodule\n');
    expect(await issueOf(routeTiny({ designDir: changed }))).toContain(
      '"an_pe_signed.sv" has changed',
    );
  });
});

describe('findNextpnr()', () => {
  it.each(['ice40', 'ecp5'] as const)('says how to install %s when it is missing', async (arch) => {
    vi.stubEnv('PATH', join(folder, 'nothing'));
    expect(await issueOf(findNextpnr(arch))).toMatch(
      new RegExp(`"nextpnr-${arch}": it is not installed\n.*install.*nextpnr-${arch}`),
    );
  });
});
