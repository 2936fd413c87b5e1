/**
 * @file What a simulation is fed and compared with: input codes and golden tensors as two binary files.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { inputCodes } from '../src/golden/input-codes.ts';
import { runGolden } from '../src/golden/run.ts';
import type { QuantizedModel } from '../src/quantize/types.ts';

/** Images and where their stimulus goes. */
export interface StimulusJob {
  readonly model: QuantizedModel;
  /** Name of the tensor that each operation of the schedule writes, in the schedule's order. */
  readonly tensors: readonly string[];
  /** Whole images of input bytes. */
  readonly images: Uint8Array;
  /** Folder that gets `codes.bin` (a byte a code) and `expected.bin` (32 bits a value, little-endian). */
  readonly folder: string;
}

/** Run the golden model on every image and write both files; `onImage` is called after each image. */
export function writeStimulus(job: StimulusJob, onImage: () => void): void {
  const { model, tensors, images, folder } = job;
  const [height, width, channels] = model.input.shape;
  const size = height * width * channels;
  const codesFile = openSync(join(folder, 'codes.bin'), 'w');
  const expectedFile = openSync(join(folder, 'expected.bin'), 'w');
  try {
    for (let at = 0; at < images.length; at += size) {
      const codes = inputCodes(model, images.subarray(at, at + size));
      const golden = runGolden(model, codes);
      writeAll(codesFile, codes);
      for (const name of tensors) {
        const tensor = golden.get(name);
        if (!tensor) throw new Error(`internal: the schedule writes "${name}", the model does not`);
        writeAll(expectedFile, new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength));
      }
      onImage();
    }
  } finally {
    closeSync(codesFile);
    closeSync(expectedFile);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
