/**
 * @file A design directory as `sim` reads it: the manifest, checked, and the files it names, unchanged.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { digestOf } from '../src/digest.ts';
import { fail, type Issue, throwIfAny } from '../src/issues.ts';
import type { Manifest } from '../src/manifest.ts';

const MAX_MANIFEST_BYTES = 4 * 2 ** 20;

const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const side = z.number().int().positive().max(65_536);
const shape = z.tuple([side, side, side]);
const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/);
const name = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/);
/** Relative and without `..`: it cannot leave the design directory. Without a leading `-`: it is no option. */
const file = z
  .string()
  .max(200)
  .regex(/^\w[\w.-]*(\/\w[\w.-]*)*$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const layer = z.object({
  layer: name.nullable(),
  tensor: name,
  kind: z.enum(['adder', 'conv', 'maxPool', 'sumPool']),
  shape,
  tileChannels: side,
  outWidth: z.number().int().min(1).max(32),
  outSigned: z.boolean(),
  plannedCycles: count,
  sadOps: count,
});

const schema = z.object({
  format: z.literal('adderforge-design'),
  version: z.literal(1),
  generator: z.string().max(200),
  name,
  top: identifier,
  arrayModule: identifier,
  elementModule: identifier,
  model: z.object({ folder: file, sha256 }),
  sources: z.array(z.object({ file, sha256 })).min(1).max(1000),
  memories: z.array(z.object({ file, sha256, words: count, width: side })).max(1000),
  hardware: z.object({
    rows: side,
    cols: side,
    lanes: side,
    blockPixels: side,
    // Designs of the first versions do not say.
    weightMemory: z.enum(['plain', 'packed']).default('plain'),
    actWidth: z.number().int().min(1).max(16),
    weightWidth: z.number().int().min(1).max(16),
    accWidth: z.number().int().min(1).max(64),
    monitorWidth: z.number().int().min(1).max(32),
    outStreamWidth: z.number().int().min(8).max(64),
  }),
  inputShape: shape,
  layers: z.array(layer).min(1).max(256),
  plannedCyclesPerImage: count,
  registers: z.array(
    z.object({
      name: z.string().max(64),
      offset: count,
      access: z.enum(['ro', 'rw', 'wo']),
      description: z.string().max(1000),
    }),
  ),
}) satisfies z.ZodType<Manifest>;

/** Read a design directory's manifest; a missing or damaged one is an issue. */
export async function readManifest(designDir: string): Promise<Manifest> {
  const path = join(designDir, 'manifest.json');
  const remedy = 'Name a design directory, made by "adderforge generate"';
  const size = await stat(path).then(
    (found) => found.size,
    () => -1,
  );
  if (size < 0) fail(`Cannot read design "${designDir}": it has no manifest.json`, remedy);
  if (size > MAX_MANIFEST_BYTES) {
    fail(
      `Cannot read design "${designDir}": its manifest has ${size} bytes, ${MAX_MANIFEST_BYTES} is the limit`,
      remedy,
    );
  }
  const result = schema.safeParse(parseJson(await readFile(path, 'utf8')));
  if (result.success) return result.data;
  throwIfAny(
    result.error.issues.slice(0, 10).map(({ path: at, message }) => ({
      problem: `Cannot read design "${designDir}": manifest.json at "${at.join('.')}": ${message}`,
      remedy: 'Generate the design again',
    })),
  );
  throw new Error('internal: a refused manifest has issues');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Check that the RTL and the memory images are those the manifest was written for; all differences at once. */
export async function verifyFiles(designDir: string, manifest: Manifest): Promise<void> {
  const listed = [...manifest.sources, ...manifest.memories];
  const problems = await Promise.all(
    listed.map(async ({ file: path, sha256: want }): Promise<Issue | undefined> => {
      const bytes = await readFile(join(designDir, path)).catch(() => undefined);
      const got = bytes && digestOf(bytes);
      if (got === want) return undefined;
      const reason = got
        ? `has changed since it was generated (sha256 ${got.slice(0, 12)}, manifest ${want.slice(0, 12)})`
        : 'is missing';
      return {
        problem: `Cannot use design "${designDir}": "${path}" ${reason}`,
        remedy: 'Generate the design again',
      };
    }),
  );
  throwIfAny(problems.filter((problem) => problem !== undefined));
}
