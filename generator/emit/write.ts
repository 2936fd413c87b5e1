/**
 * @file The only writer of design directories.
 */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asFileIssue } from '../../src/file-issue.ts';
import { fail } from '../../src/issues.ts';
import { modelDigest } from '../../src/model/model-folder.ts';

import { writeQuantized } from '../../src/quantize/store.ts';
import { version } from '../../src/version.ts';
import { writeFolder } from '../../src/write-folder.ts';
import type { HardwarePlan } from '../plan/types.ts';
import { emitDesign, modelFolder } from './emit.ts';

/**
 * Write a design directory: RTL, memory images, `files.f`, a copy of the quantized model and `manifest.json`.
 *
 * The directory appears whole or not at all and replaces an earlier design; anything else that is there is refused.
 */
export async function writeDesign(plan: HardwarePlan, dir: string): Promise<void> {
  await checkTarget(dir);
  try {
    await writeFolder(dir, async (folder) => {
      await writeQuantized(plan.model, join(folder, modelFolder));
      const files = emitDesign(plan, {
        designName: plan.model.name,
        generator: `adderforge ${version}`,
        version,
        modelHash: await modelDigest(join(folder, modelFolder)),
      });
      for (const { path, text } of files) await writeFile(join(folder, path), text);
    });
  } catch (error) {
    throw asFileIssue(`write design "${dir}"`, error);
  }
}

async function checkTarget(dir: string): Promise<void> {
  const info = await stat(dir).catch(() => undefined);
  if (info === undefined) return;
  const refuse = (reason: string): never =>
    fail(`Cannot write design "${dir}": ${reason}`, 'Choose another folder, or remove this one');
  if (!info.isDirectory()) return refuse('a file of this name is there');
  if ((await readdir(dir)).length === 0) return;
  const manifest = await readFile(join(dir, 'manifest.json'), 'utf8').catch(() => '');
  if (!manifest.includes('"adderforge-design"'))
    refuse('the folder holds something that is no design');
}
