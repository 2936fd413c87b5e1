/**
 * @file What synthesis needs of a design directory, checked before anything is run: names that end in a
 * yosys script, and sizes before memory is taken.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { asFileIssue } from '../../src/file-issue.ts';
import { fail, type Issue, throwIfAny } from '../../src/issues.ts';

/** A memory image: what `$readmemh` reads. */
export interface MemoryFile {
  readonly file: string;
  readonly words: number;
  readonly width: number;
}

/** A design as synthesis sees it. */
export interface SynthesisDesign {
  readonly name: string;
  readonly top: string;
  readonly arrayModule: string;
  /** Rows times columns of the array. */
  readonly elements: number;
  /** SystemVerilog files in compile order. */
  readonly sources: readonly string[];
  readonly memories: readonly MemoryFile[];
  /** Contents of sources and memories by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Bytes of one file at most: the largest memory image that fits any device listed is far below. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** Bytes of all files together. */
const MAX_DESIGN_BYTES = 256 * 1024 * 1024;

// These end in a yosys script, in which a blank, a semicolon, an asterisk or a backslash would mean something.
const filePath = z
  .string()
  .max(200)
  .regex(/^\w[\w.-]*(\/\w[\w.-]*)*$/, 'has letters, digits, "_", "-", "." and "/" only');
const moduleName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z_]\w*$/, 'is a Verilog identifier');
const count = z.number().int().min(1);

/** The part of the manifest that synthesis reads (`src/manifest.ts`). */
const manifestPart = z.object({
  format: z.literal('adderforge-design'),
  version: z.literal(1),
  name: z.string().max(200),
  top: moduleName,
  arrayModule: moduleName,
  sources: z.array(z.object({ file: filePath })).min(1),
  memories: z.array(z.object({ file: filePath, words: count, width: count.max(65_536) })),
  hardware: z.object({ rows: count.max(4096), cols: count.max(4096) }),
});

/** Read `manifest.json`, the sources and the memory images of a design directory. Throws issues, all at once. */
export async function readDesign(designDir: string): Promise<SynthesisDesign> {
  const manifest = await readManifest(designDir);
  const sources = manifest.sources.map(({ file }) => file);
  const paths = [...sources, ...manifest.memories.map(({ file }) => file)];
  const files = new Map<string, Uint8Array>();
  const issues: Issue[] = [];
  let bytesLeft = MAX_DESIGN_BYTES;
  for (const path of new Set(paths)) {
    const content = await readFileOf(designDir, path, Math.min(MAX_FILE_BYTES, bytesLeft));
    if (content instanceof Uint8Array) {
      files.set(path, content);
      bytesLeft -= content.length;
    } else issues.push(content);
  }
  throwIfAny(issues);
  return {
    name: manifest.name,
    top: manifest.top,
    arrayModule: manifest.arrayModule,
    elements: manifest.hardware.rows * manifest.hardware.cols,
    sources,
    memories: manifest.memories,
    files,
  };
}

async function readManifest(designDir: string): Promise<z.infer<typeof manifestPart>> {
  const path = join(designDir, 'manifest.json');
  const content = await readFileOf(designDir, 'manifest.json', MAX_FILE_BYTES);
  if (!(content instanceof Uint8Array)) {
    fail(content.problem, 'Name a design directory, as "adderforge generate" makes it');
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(content));
  } catch (error) {
    fail(`Cannot read design "${path}": ${(error as Error).message}`, 'Generate the design again');
  }
  const result = manifestPart.safeParse(json);
  if (result.success) return result.data;
  throwIfAny(
    result.error.issues.map((issue) => ({
      problem: `Cannot read design "${path}": ${issue.path.join('.') || 'the whole'}: ${issue.message}`,
      remedy: 'Generate the design again',
    })),
  );
  throw new Error('internal: a manifest failed its check without an issue');
}

/** A file's content, or the issue that keeps it from being read. */
async function readFileOf(
  designDir: string,
  path: string,
  most: number,
): Promise<Uint8Array | Issue> {
  const remedy = 'Generate the design again';
  const whole = join(designDir, path);
  try {
    const { size } = await stat(whole);
    if (size <= most) return await readFile(whole);
    return {
      problem: `Cannot read design file "${whole}": it has ${size} bytes, ${most} are allowed`,
      remedy,
    };
  } catch (error) {
    const issue = asFileIssue(`read design file "${whole}"`, error);
    if (issue === error) throw error;
    return { problem: (issue as Error).message.split('\n')[0]!, remedy };
  }
}
