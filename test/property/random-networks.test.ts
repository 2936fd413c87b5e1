/**
 * @file Random small networks on random grids with random stalls: the emitted RTL equals the golden model
 * in every value and takes the planned cycles.
 *
 * ADDERFORGE_RANDOM=1000 runs more of them, ADDERFORGE_SEED=7 begins with another case. A failing case is
 * repeated by its seed: ADDERFORGE_RANDOM=1 ADDERFORGE_SEED=<seed>.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeDesign } from '../../generator/emit/write.ts';
import { planDesign } from '../../generator/plan/plan.ts';
import { cosim } from '../../sim/cosim.ts';
import type { CosimReport } from '../../sim/cosim-report.ts';
import { inParallel } from '../../sim/in-parallel.ts';
import { digestOf } from '../../src/digest.ts';
import { DesignError } from '../../src/issues.ts';
import type { Manifest } from '../../src/manifest.ts';
import { silent } from '../../src/progress.ts';
import { type RandomCase, randomCase } from '../random-network.ts';

const runs = Number(process.env.ADDERFORGE_RANDOM || 100);
const firstSeed = Number(process.env.ADDERFORGE_SEED || 1);
const secondsEach = 10;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'random-networks-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every third case without stalls: only there do images follow each other as fast as they can. */
const stallProbabilities = [0, 0.1, 0.6];

async function simulate(
  { seed, images, count }: RandomCase,
  designDir: string,
): Promise<CosimReport> {
  const stallProbability = stallProbabilities[seed % stallProbabilities.length]!;
  return cosim({
    designDir,
    images,
    count,
    stallProbability,
    seed,
    processes: 1,
    progress: silent,
  });
}

async function tryCase(seed: number): Promise<CosimReport | string> {
  const designDir = join(folder, `case-${seed}`);
  const random = randomCase(seed);
  try {
    await writeDesign(planDesign(random.model, random.hardware), designDir);
    const report = await simulate(random, designDir);
    return report.failures.length === 0 ? report : report.failures.map((f) => f.problem).join('\n');
  } catch (error) {
    return error instanceof DesignError ? error.message : String(error);
  } finally {
    rmSync(designDir, { recursive: true, force: true });
  }
}

test(
  `cosim() finds no difference in ${runs} random networks from seed ${firstSeed}`,
  async () => {
    const seeds = Array.from({ length: runs }, (_, i) => firstSeed + i);
    const results = await inParallel(seeds, tryCase);
    const failed = results.flatMap((result, i) =>
      typeof result === 'string' ? [`seed ${seeds[i]}: ${result}`] : [],
    );
    expect(failed).toEqual([]);
    const reports = results.filter((result) => typeof result !== 'string');
    const values = reports.reduce((sum, { valuesCompared }) => sum + valuesCompared, 0);
    console.log(
      `${reports.length} random networks from seed ${firstSeed}, ${values} values compared`,
    );
    // A network has 200 values and more on average: nearly none would mean that nothing was compared.
    expect(values).toBeGreaterThan(100 * runs);
  },
  120_000 + runs * secondsEach * 1000,
);

/** Change a file of a design and put its hash into the manifest: as if the generator had erred. */
function rewrite(designDir: string, name: RegExp, change: (text: string) => string): void {
  const path = join(designDir, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  const listed = [...manifest.sources, ...manifest.memories];
  const { file, sha256 } = listed.find((one) => name.test(one.file))!;
  const text = change(readFileSync(join(designDir, file), 'utf8'));
  writeFileSync(join(designDir, file), text);
  expect(digestOf(text)).not.toBe(sha256);
  writeFileSync(path, readFileSync(path, 'utf8').replace(sha256, digestOf(text)));
}

/** Flip the highest bit of the first word's lowest code: the first tap's weight of row 0, column 0. */
function flipFirstWeight(text: string, weightWidth: number): string {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => /^[0-9a-f]+$/.test(line));
  const word = lines[at]!;
  const flipped = BigInt(`0x${word}`) ^ (1n << BigInt(weightWidth - 1));
  lines[at] = flipped.toString(16).padStart(word.length, '0');
  return lines.join('\n');
}

/** The first case whose network begins with an adder layer; its first image is not constant. */
const beginsWithAdder = () =>
  Array.from({ length: 50 }, (_, seed) => randomCase(seed)).find(
    ({ model, count }) => model.layers[0]!.kind === 'adder' && model.layers.length > 2 && count > 1,
  )!;

test('cosim() names the layer when one weight of the emitted image is flipped', async () => {
  const random = beginsWithAdder();
  const designDir = join(folder, 'flipped');
  const hardware = { ...random.hardware, weightMemory: 'plain' } as const;
  await writeDesign(planDesign(random.model, hardware), designDir);
  expect((await simulate(random, designDir)).failures).toEqual([]);
  rewrite(designDir, /weights/, (text) => flipFirstWeight(text, random.model.weightWidth));
  const report = await simulate(random, designDir);
  expect(report.firstMismatch).toMatchObject({ layer: random.model.layers[0]!.name });
  expect(report.failures[0]!.problem).toContain(`Layer "${random.model.layers[0]!.name}" differs`);
}, 120_000);

test('cosim() finds it when one bit of packed weights is flipped', async () => {
  const random = beginsWithAdder();
  const designDir = join(folder, 'flipped-packed');
  const hardware = { ...random.hardware, weightMemory: 'packed' } as const;
  await writeDesign(planDesign(random.model, hardware), designDir);
  expect((await simulate(random, designDir)).failures).toEqual([]);
  // The first bit of the first prefix word: another weight, and another place of all that follow.
  rewrite(designDir, /weights_0/, (text) => flipFirstWeight(text, 1));
  const report = await simulate(random, designDir);
  expect(report.firstMismatch).toMatchObject({ layer: random.model.layers[0]!.name });
}, 120_000);

test('cosim() fails when the walker does not let packed weights turn', async () => {
  // Passes of 4 beats on 4 rows: without the longer gap a load meets decoders that turn.
  const random = beginsWithAdder();
  const designDir = join(folder, 'no-turn');
  const hardware = { rows: 4, cols: 2, blockPixels: 4, weightMemory: 'packed' } as const;
  await writeDesign(planDesign(random.model, hardware), designDir);
  expect((await simulate(random, designDir)).failures).toEqual([]);
  rewrite(designDir, /an_walker/, (text) => text.replace(/TurnGap {5}= 7/, 'TurnGap     = 4'));
  await expect(simulate(random, designDir)).rejects.toThrow(
    'a load begins while the decoders turn',
  );
}, 120_000);
