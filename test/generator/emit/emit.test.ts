import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DesignFile, emitDesign } from '../../../generator/emit/emit.ts';
import { writeDesign } from '../../../generator/emit/write.ts';
import { planDesign } from '../../../generator/plan/plan.ts';
import { DesignError } from '../../../src/issues.ts';
import { tinyModel } from '../tiny-model.ts';

// The version stands still here, so that a release does not touch the golden files.
const identity = {
  designName: 'tiny',
  generator: 'adderforge 0.0.0',
  version: '0.0.0',
  modelHash: '0123456789abcdef'.repeat(4),
};
const emit = (): DesignFile[] =>
  emitDesign(planDesign(tinyModel, { rows: 2, cols: 2, blockPixels: 8 }), identity);
/** Three columns are a pair and a single one. */
const emitPacked = (): DesignFile[] =>
  emitDesign(
    planDesign(tinyModel, { rows: 2, cols: 3, blockPixels: 8, weightMemory: 'packed' }),
    identity,
  );

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adderforge-emit-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(emit().map(({ path, text }) => [path, text]))(
  'emitDesign() writes %s as the golden file says',
  async (path, text) => {
    await expect(text).toMatchFileSnapshot(`../../golden/tiny/${path}`);
  },
);

const packedFiles = emitPacked().filter(({ path }) =>
  /^(an_weight_|an_packed_|weights|operations)/.test(path),
);
test.each(packedFiles.map(({ path, text }) => [path, text]))(
  'emitDesign() writes %s of packed weights as the golden file says',
  async (path, text) => {
    await expect(text).toMatchFileSnapshot(`../../golden/packed/${path}`);
  },
);

test('emitDesign() writes a decoder a column where weights are packed', () => {
  expect(packedFiles.map(({ path }) => path)).toEqual([
    'an_weight_stream.sv',
    'an_weight_pair.sv',
    'an_packed_loader.sv',
    'weights_0.mem',
    'weights_1.mem',
    'operations.mem',
  ]);
  expect(emitPacked().map(({ path }) => path)).not.toContain('an_weight_loader.sv');
});

test('emitDesign() gives the same bytes for the same input', () => {
  expect(emit()).toEqual(emit());
});

test('emitDesign() keeps to 100 columns of ASCII without trailing space', () => {
  const isRtl = ({ path }: DesignFile) => path.endsWith('.sv');
  expect(emit().filter(isRtl)).toHaveLength(21);
  expect(emitPacked().filter(isRtl)).toHaveLength(23);
  const rtl = [...emit(), ...emitPacked()].filter(isRtl);
  for (const { path, text } of rtl) {
    for (const [index, line] of text.split('\n').entries()) {
      expect(line, `${path}:${index + 1}`).toMatch(/^([ -~]{0,99}[!-~])?$/);
    }
  }
});

test('emitDesign() lists every source and memory in the manifest', () => {
  const files = emit();
  const manifest = JSON.parse(files.find(({ path }) => path === 'manifest.json')!.text);
  const listed = [...manifest.sources, ...manifest.memories].map(({ file }) => file);
  expect([...listed, 'files.f', 'manifest.json'].sort()).toEqual(
    files.map(({ path }) => path).sort(),
  );
  expect(manifest.plannedCyclesPerImage).toBe(
    manifest.layers.reduce(
      (sum: number, { plannedCycles }: { plannedCycles: number }) => sum + plannedCycles,
      0,
    ),
  );
});

test('writeDesign() writes the whole design with its model, and replaces an older one', async () => {
  const dir = join(folder, 'design');
  const plan = planDesign(tinyModel, { rows: 2, cols: 2 });
  await writeDesign(plan, dir);
  const first = await readFile(join(dir, 'an_top.sv'), 'utf8');
  await writeDesign(plan, dir);
  expect(await readFile(join(dir, 'an_top.sv'), 'utf8')).toBe(first);
  expect(await readdir(join(dir, 'model.qmodel'))).toEqual(['model.json', 'weights.safetensors']);
  expect(await readdir(folder)).toEqual(['design']);
});

test('writeDesign() refuses a folder that is no design', async () => {
  const plan = planDesign(tinyModel, { rows: 2, cols: 2 });
  await expect(writeDesign(plan, join(folder, '..'))).rejects.toThrow(DesignError);
});

test('planDesign() names the layer and both numbers when a map is too large', () => {
  const [stem] = tinyModel.layers;
  const huge = {
    ...tinyModel,
    input: { ...tinyModel.input, shape: [4096, 4096, 1] as const },
    layers: [
      { ...stem, inputShape: [4096, 4096, 1] as const, outputShape: [4096, 4096, 2] as const },
    ],
  };
  expect(() => planDesign(huge)).toThrow(
    'Cannot plan layer "stem": its map has 33554432 values, a memory holds 4194304',
  );
});
