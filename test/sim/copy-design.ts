/**
 * @file The design of `fixtures/copy`: a small handwritten accelerator that obeys the contract of the emitted ones.
 */
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Manifest } from '../../src/manifest.ts';
import { modelDigest } from '../../src/model/store.ts';
import { writeQuantized } from '../../src/quantize/store.ts';
import type { PoolLayer, QuantizedModel } from '../../src/quantize/types.ts';

const fixture = fileURLToPath(new URL('./fixtures/copy', import.meta.url));

/** Values of one image: 2 x 3 pixels of 5 channels. */
export const copyValues = 30;

function layer(options: {
  readonly name: string;
  readonly input: string;
  readonly mean: number;
  readonly signed: boolean;
}): PoolLayer {
  const { name, input, mean, signed } = options;
  const fill = (value: number): Int32Array => new Int32Array(5).fill(value);
  return {
    name,
    kind: 'sumPool',
    input,
    inputShape: [2, 3, 5],
    outputShape: [2, 3, 5],
    kernel: [1, 1],
    stride: 1,
    padding: 0,
    padCode: 0,
    affine: {
      mean: fill(mean),
      mult: fill(1),
      shift: new Uint8Array(5),
      bias: new Float64Array(5),
    },
    clampLow: signed ? -32768 : 0,
    clampHigh: signed ? 32767 : 255,
    outWidth: signed ? 16 : 8,
    outSigned: signed,
  };
}

/** `first` copies the input's codes, `second` subtracts 100. */
export const copyModel: QuantizedModel = {
  name: 'copy',
  arch: 'copy',
  actWidth: 8,
  weightWidth: 8,
  input: {
    shape: [2, 3, 5],
    zeroPoint: 0,
    width: 8,
    codes: Uint8Array.from({ length: 5 * 256 }, (_, i) => i % 256),
  },
  layers: [
    layer({ name: 'first', input: 'input', mean: 0, signed: false }),
    layer({ name: 'second', input: 'first', mean: 100, signed: true }),
  ],
  provenance: {},
};

/** What a test changes of the design. */
export interface CopyChanges {
  /** Replacements in the RTL, `[file, text, new text]`. */
  readonly edits?: readonly (readonly [string, string, string])[];
  /** Added by the first and by the second operation; 16 bits. */
  readonly offsets?: readonly [number, number];
  readonly plannedCycles?: readonly [number, number];
}

/** Write the design into an empty folder. */
export async function writeCopyDesign(designDir: string, changes: CopyChanges = {}): Promise<void> {
  cpSync(fixture, designDir, { recursive: true });
  for (const [file, text, replacement] of changes.edits ?? []) {
    const rtl = readFileSync(join(designDir, file), 'utf8');
    if (!rtl.includes(text)) throw new Error(`internal: ${file} does not hold "${text}"`);
    writeFileSync(join(designDir, file), rtl.replace(text, replacement));
  }
  const words = (changes.offsets ?? [0, -100]).map((offset) => (offset & 0xffff).toString(16));
  writeFileSync(join(designDir, 'offsets.mem'), `${words.join('\n')}\n`);
  await writeQuantized(copyModel, join(designDir, 'model'));
  writeFileSync(
    join(designDir, 'manifest.json'),
    JSON.stringify(await manifest(designDir, changes)),
  );
}

async function manifest(designDir: string, changes: CopyChanges): Promise<Manifest> {
  const listed = (file: string) => ({
    file,
    sha256: createHash('sha256')
      .update(readFileSync(join(designDir, file)))
      .digest('hex'),
  });
  // For block of 4 and 2 pixels: tile of 4 channels in 2 groups, tile of 1 channel in 1: 4*2 + 4*1 + 2*2 + 2*1.
  const [first, second] = changes.plannedCycles ?? [18, 18];
  const common = { kind: 'sumPool', shape: [2, 3, 5], tileChannels: 4, sadOps: 0 } as const;
  return {
    format: 'adderforge-design',
    version: 1,
    // The fixture's VERSION register says 0x00000100.
    generator: 'adderforge 0.1.0',
    name: 'copy',
    top: 'copy_top',
    arrayModule: 'copy_top',
    elementModule: 'copy_top',
    model: { folder: 'model', sha256: await modelDigest(join(designDir, 'model')) },
    sources: [listed('copy_registers.sv'), listed('copy_top.sv')],
    memories: [{ ...listed('offsets.mem'), words: 2, width: 16 }],
    hardware: {
      rows: 1,
      cols: 1,
      lanes: 2,
      blockPixels: 4,
      weightMemory: 'plain',
      actWidth: 8,
      weightWidth: 8,
      accWidth: 8,
      monitorWidth: 16,
      outStreamWidth: 16,
    },
    inputShape: [2, 3, 5],
    layers: [
      {
        ...common,
        layer: 'first',
        tensor: 'first',
        outWidth: 8,
        outSigned: false,
        plannedCycles: first,
      },
      {
        ...common,
        layer: 'second',
        tensor: 'second',
        outWidth: 16,
        outSigned: true,
        plannedCycles: second,
      },
    ],
    plannedCyclesPerImage: first + second,
    registers: [],
  };
}
