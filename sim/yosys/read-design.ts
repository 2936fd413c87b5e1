/**
 * @file What synthesis needs of a design directory. Names end in a yosys script and are checked before
 * anything is run, sizes before memory is taken.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { asFileIssue } from '../../src/file-issue.ts';
import { DesignError, type Issue, throwIfAny } from '../../src/issues.ts';
import type { Manifest } from '../../src/manifest.ts';
import { readManifest } from '../design.ts';

/** A design as synthesis sees it. */
export interface SynthesisDesign {
  readonly name: string;
  readonly top: string;
  readonly arrayModule: string;
  /** Rows times columns of the array. */
  readonly elements: number;
  /** SystemVerilog files in compile order. */
  readonly sources: readonly string[];
  readonly memories: Manifest['memories'];
  /** Contents of sources and memories by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Bytes of all files together: the memory of the largest device listed, in hexadecimal, is 4 MB. */
const MAX_DESIGN_BYTES = 128 * 1024 * 1024;

const REMEDY = 'Generate the design again';

/** Read the manifest, the sources and the memory images of a design directory. Throws issues, all at once. */
export async function readDesign(designDir: string): Promise<SynthesisDesign> {
  const manifest = await readManifest(designDir);
  const { name, top, arrayModule, memories, hardware } = manifest;
  const sources = manifest.sources.map(({ file }) => file);
  const files = new Map<string, Uint8Array>();
  const issues: Issue[] = [];
  let bytesLeft = MAX_DESIGN_BYTES;
  for (const path of new Set([...sources, ...memories.map(({ file }) => file)])) {
    try {
      const content = await readFileOf({ designDir, path, most: bytesLeft });
      files.set(path, content);
      bytesLeft -= content.length;
    } catch (error) {
      if (!(error instanceof DesignError)) throw error;
      issues.push(...error.issues.map(({ problem }) => ({ problem, remedy: REMEDY })));
    }
  }
  throwIfAny(issues);
  const elements = hardware.rows * hardware.cols;
  return { name, top, arrayModule, elements, sources, memories, files };
}

async function readFileOf(request: {
  readonly designDir: string;
  readonly path: string;
  readonly most: number;
}): Promise<Uint8Array> {
  const { designDir, path, most } = request;
  const problem = (reason: string) =>
    new DesignError([{ problem: `Cannot synthesize "${designDir}": ${reason}`, remedy: REMEDY }]);
  // The manifest's reader allows it; to a yosys command it would be an option.
  if (/(^|\/)-/.test(path)) throw problem(`the file name "${path}" begins with "-"`);
  try {
    const whole = join(designDir, path);
    const { size } = await stat(whole);
    if (size > most) throw problem(`"${path}" has ${size} bytes, ${most} are left for it`);
    return await readFile(whole);
  } catch (error) {
    throw asFileIssue(`synthesize "${designDir}" without its file "${path}"`, error);
  }
}
