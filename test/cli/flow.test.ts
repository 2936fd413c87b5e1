/**
 * @file The whole path on a tiny network, and the contract of every command's JSON.
 */
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeModel } from '../../src/model/store.ts';
import { type CliResult, runCli } from './run-cli.ts';
import { tinyModel } from './tiny-model.ts';

const MINUTES = 60_000;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'adderforge-cli-'));
  await writeModel(tinyModel(), join(folder, 'tiny.model'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]): Promise<CliResult> => runCli(args, { cwd: folder });

/** Run with --json; the only output must be one line with one object. */
async function json(...args: string[]) {
  const { status, stdout, stderr } = await run(...args, '--json');
  expect(stderr.includes('Cannot') ? stderr : '').toBe('');
  expect(status).toBe(0);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(stdout);
}

describe('commands, one after another', () => {
  it('evaluate prints images and top1', async () => {
    const report = await json('evaluate', 'tiny.model', '--dataset', 'drawn', '--images', '30');
    expect(report).toMatchObject({ images: 30, arithmetic: 'float' });
    expect(report.top1).toBeGreaterThanOrEqual(0);
    expect(report.top1).toBeLessThanOrEqual(100);
  });

  it('quantize writes an integer model that evaluate runs', async () => {
    const args = ['--bits', '6', '--weight-bits', '5', '--dataset', 'drawn', '--calibration', '16'];
    expect(await json('quantize', 'tiny.model', ...args, '-o', 'tiny.qmodel')).toMatchObject({
      actWidth: 6,
      weightWidth: 5,
      calibrationImages: 16,
    });
    const report = await json('evaluate', 'tiny.qmodel', '--dataset', 'drawn', '--images', '30');
    expect(report).toMatchObject({ images: 30, arithmetic: 'integer' });
  });

  it('generate writes a design: RTL, files.f, memories, manifest', async () => {
    const report = await json('generate', 'tiny.qmodel', '--rows', '3', '--cols', '2', '-o', 'rtl');
    expect(report).toMatchObject({ design: 'rtl', rows: 3, cols: 2 });
    const files = readdirSync(join(folder, 'rtl'));
    expect(files).toEqual(expect.arrayContaining(['files.f', 'manifest.json', 'weights.mem']));
    const sources = readFileSync(join(folder, 'rtl', 'files.f'), 'utf8')
      .trim()
      .split('\n');
    expect(files).toEqual(expect.arrayContaining(sources));
    const text = JSON.stringify(
      files
        .filter((file) => file.endsWith('.sv'))
        .map((file) => readFileSync(join(folder, 'rtl', file), 'utf8')),
    );
    expect(text).not.toContain(folder);
  });

  it('cosim finds no difference and the planned cycles', { timeout: 3 * MINUTES }, async () => {
    const report = await json(
      'cosim',
      'rtl',
      '--dataset',
      'drawn',
      '--images',
      '2',
      '--stall',
      '0.3',
    );
    expect(report).toMatchObject({ images: 2, mismatches: 0 });
    expect(report.cyclesPerImage).toBe(report.plannedCyclesPerImage);
    expect(report.cyclesPerSecond).toBeGreaterThan(0);
    for (const layer of report.layers) {
      expect(layer.cycles).toBe(layer.plannedCycles);
      expect(layer.slotsBusy).toBeLessThanOrEqual(1);
    }
    const names = report.layers.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['stem', 'first', 'second', 'pool', 'fc']));
  });

  it('cosim ends with status 1 and the report when the design computes something else', {
    timeout: 3 * MINUTES,
  }, async () => {
    // The model's copy and the manifest agree; only the hardware's memory is another one.
    const generated = await run(
      'generate',
      'tiny.qmodel',
      '--rows',
      '2',
      '--cols',
      '2',
      '-o',
      'bad',
    );
    expect(generated.status).toBe(0);
    const source = join(folder, 'bad', 'an_post_lane.sv');
    appendFileSync(source, '\n');
    const changed = await run('cosim', 'bad', '--dataset', 'drawn', '--images', '1');
    expect(changed.status).toBe(1);
    expect(changed.stderr).toMatch(/^Cannot use design "bad": "an_post_lane.sv" has changed/);
    expect(changed.stdout).toBe('');
  });

  it('estimate prints totals, modules and the array', { timeout: 5 * MINUTES }, async () => {
    const report = await json('estimate', 'rtl', '--family', 'xc7');
    const { total, modules, array } = report.families.xc7;
    for (const key of ['lut', 'ff', 'carry', 'dsp', 'bram']) {
      expect(total[key]).toBeGreaterThanOrEqual(0);
    }
    expect(total.lut).toBeGreaterThan(100);
    expect(Object.keys(modules)).toContain('an_pe_signed');
    expect(array.elements).toBe(6);
    expect(array.lutPerElement).toBeGreaterThan(0);
    expect(array.ffPerElement).toBeGreaterThan(0);
    expect(report.tool).toMatch(/yosys/i);
  });
});

describe('quantize --compare', () => {
  it('sets widths side by side, writes the picture, and does nothing twice', {
    timeout: 5 * MINUTES,
  }, async () => {
    const args = ['--compare', '6,3:4', '--dataset', 'drawn', '--calibration', '16'];
    const sizes = ['--images', '20', '--rows', '2', '--cols', '2', '-o', 'widths'];
    const report = await json('quantize', 'tiny.model', ...args, ...sizes);
    expect(report.rows.map(({ name }: { name: string }) => name)).toEqual(['6b', '3a4w']);
    const [six, three] = report.rows;
    expect(three.lutPerElement).toBeLessThan(six.lutPerElement);
    // The image's 8 bits take more passes on fewer bits.
    expect(three.cyclesPerImage).toBeGreaterThan(six.cyclesPerImage);
    expect(readFileSync(join(folder, 'widths', 'compare.html'), 'utf8')).toContain('<svg');

    const { stderr } = await run('quantize', 'tiny.model', ...args, ...sizes);
    expect(stderr.match(/up to date/g)).toHaveLength(9);
  });
});

describe('flow', () => {
  const STEPS = [
    'evaluate float',
    'quantize',
    'evaluate integer',
    'generate',
    'co-simulate',
    'estimate',
  ];
  const flow = (...more: string[]) =>
    json(
      ...['flow', 'tiny.model', '--dataset', 'drawn', '--calibration', '16', '--images', '20'],
      ...['--rows', '3', '--cols', '2', '--cosim-images', '1', '-o', 'flow', ...more],
    );
  const ran = (report: { steps: { name: string; ran: boolean }[] }) =>
    report.steps.filter((step) => step.ran).map((step) => step.name);

  it('runs every step once, then none, then only those whose inputs changed', {
    timeout: 10 * MINUTES,
  }, async () => {
    const first = await flow('--bits', '6', '--weight-bits', '5');
    expect(ran(first)).toEqual(STEPS);
    expect(first.cosim.mismatches).toBe(0);
    expect(first.agreement).toBeGreaterThanOrEqual(0);

    const second = await flow('--bits', '6', '--weight-bits', '5');
    expect(ran(second)).toEqual([]);
    expect({ ...second, steps: [] }).toEqual({ ...first, steps: [] });

    // Another seed of the stalls concerns the co-simulation alone.
    const third = await flow('--bits', '6', '--weight-bits', '5', '--seed', '2');
    expect(ran(third)).toEqual(['co-simulate']);

    // A damaged design is generated again, byte for byte the same: what follows is up to date.
    appendFileSync(join(folder, 'flow', 'rtl', 'files.f'), 'x\n');
    const fourth = await flow('--bits', '6', '--weight-bits', '5', '--seed', '2');
    expect(ran(fourth)).toEqual(['generate']);

    // A damaged record costs time, not correctness.
    writeFileSync(join(folder, 'flow', 'flow.json'), '{');
    const fifth = await flow('--bits', '6', '--weight-bits', '5', '--seed', '2');
    expect(ran(fifth)).toEqual(STEPS);
    expect(fifth.cosim.layers).toEqual(fourth.cosim.layers);
  });

  it('says what is missing when a checkpoint comes without an architecture', async () => {
    writeFileSync(join(folder, 'some.pth'), 'x');
    const { status, stderr } = await run('flow', 'some.pth', '--dataset', 'drawn');
    expect(status).toBe(1);
    expect(stderr).toBe(
      'Cannot import "some.pth": its architecture is not named\n  Add --arch, for example --arch resnet20\n',
    );
  });
});
