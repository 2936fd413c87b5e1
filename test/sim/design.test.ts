import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cosim } from '../../sim/cosim.ts';
import { readManifest, verifyFiles } from '../../sim/design.ts';
import { silent } from '../../src/progress.ts';
import { writeCopyDesign } from './copy-design.ts';

let designDir = '';
beforeEach(async () => {
  designDir = mkdtempSync(join(tmpdir(), 'design-test-'));
  await writeCopyDesign(designDir);
});
afterEach(() => rmSync(designDir, { recursive: true, force: true }));

function changeManifest(change: (manifest: Record<string, unknown>) => void): void {
  const path = join(designDir, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  change(manifest);
  writeFileSync(path, JSON.stringify(manifest));
}

test('readManifest() gives what was written when the manifest is sound', async () => {
  const manifest = await readManifest(designDir);
  expect(manifest).toEqual(JSON.parse(readFileSync(join(designDir, 'manifest.json'), 'utf8')));
  await verifyFiles(designDir, manifest);
});

test.each([
  ['a path that leaves the design', '../secret.sv'],
  ['an absolute path', '/etc/passwd'],
  ['a hidden file', '.hidden.sv'],
  ['an option', '-o'],
  ['a script', 'a.sv; shell ls'],
])('readManifest() refuses %s among the sources', async (_, file) => {
  changeManifest((manifest) => {
    manifest.sources = [{ file, sha256: '0'.repeat(64) }];
  });
  await expect(readManifest(designDir)).rejects.toThrow(/manifest.json at "sources.0.file"/);
});

test('readManifest() lists every problem when there are several', async () => {
  changeManifest((manifest) => {
    manifest.top = 'an top';
    manifest.inputShape = [0, 1, 1];
    delete manifest.layers;
  });
  await expect(readManifest(designDir)).rejects.toThrow(
    /at "top"[\s\S]*at "inputShape.0"[\s\S]*at "layers"/,
  );
});

test.each(['', '[1', 'null', '{}'])('readManifest() refuses a manifest of %j', async (text) => {
  writeFileSync(join(designDir, 'manifest.json'), text);
  await expect(readManifest(designDir)).rejects.toThrow(/^Cannot read design/);
});

test('readManifest() refuses a manifest larger than its limit before it is read', async () => {
  writeFileSync(join(designDir, 'manifest.json'), ' '.repeat(4 * 2 ** 20 + 1));
  await expect(readManifest(designDir)).rejects.toThrow(/has 4194305 bytes, 4194304 is the limit/);
});

test('verifyFiles() names every file that is missing or changed', async () => {
  const manifest = await readManifest(designDir);
  rmSync(join(designDir, 'copy_top.sv'));
  writeFileSync(join(designDir, 'offsets.mem'), '0000\n');
  await expect(verifyFiles(designDir, manifest)).rejects.toThrow(
    /"copy_top.sv" is missing[\s\S]*"offsets.mem" has changed/,
  );
});

test('cosim() refuses a manifest whose maps are not the model’s', async () => {
  changeManifest((manifest) => {
    manifest.inputShape = [60000, 60000, 5];
    (manifest.layers as { shape: number[] }[])[0]!.shape = [60000, 60000, 5];
  });
  const images = new Uint8Array(30);
  const run = cosim({ designDir, images, count: 1, progress: silent });
  await expect(run).rejects.toThrow(/1 images of 60000x60000x5 have 18000000000 bytes/);
  changeManifest((manifest) => {
    manifest.inputShape = [2, 3, 5];
  });
  const again = cosim({ designDir, images, count: 1, progress: silent });
  await expect(again).rejects.toThrow(/says "first" is 60000x60000x5, its model 2x3x5/);
});

test('cosim() refuses a model that is not the one the design was made from', async () => {
  changeManifest((manifest) => {
    manifest.model = { folder: 'model', sha256: 'f'.repeat(64) };
  });
  const run = cosim({ designDir, images: new Uint8Array(30), count: 1, progress: silent });
  await expect(run).rejects.toThrow(/its model has changed since it was generated/);
});

test('cosim() refuses a manifest whose monitor is wider than the port', async () => {
  changeManifest((manifest) => {
    // 3 lanes of 16 bits; the port has 32 bits.
    (manifest.hardware as { lanes: number }).lanes = 3;
  });
  const run = cosim({ designDir, images: new Uint8Array(30), count: 1, progress: silent });
  await expect(run).rejects.toThrow(/^Cannot simulate: the monitor port is narrower/);
});
