/**
 * @file A model on disk: a folder of exactly two files, `model.json` (what it is) and `weights.safetensors` (its numbers).
 *
 * A folder appears whole or not at all: it is written beside its place and renamed.
 */
import { createHash } from 'node:crypto';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { asFileIssue } from '../file-issue.ts';
import { fail } from '../issues.ts';
import { writeFolder } from '../write-folder.ts';
import { MAX_FILE_BYTES, MAX_JSON_BYTES } from './limits.ts';
import { quote } from './names.ts';
import { readWholeFile } from './read-whole-file.ts';
import { formatSafetensors, parseSafetensors, type StoredTensor } from './safetensors.ts';

const JSON_FILE = 'model.json';
const WEIGHT_FILE = 'weights.safetensors';

/** Values of `format` in `model.json`. */
export const FLOAT_FORMAT = 'adderforge-model';
export const QUANTIZED_FORMAT = 'adderforge-qmodel';
export type ModelFormat = typeof FLOAT_FORMAT | typeof QUANTIZED_FORMAT;

/** The version of each format that is written and read. Version 2 of quantized models: every adder layer has widths of its own. */
export const FORMAT_VERSIONS: Readonly<Record<ModelFormat, number>> = {
  [FLOAT_FORMAT]: 1,
  [QUANTIZED_FORMAT]: 2,
};

/** What a model folder holds, before anyone has looked at the details. */
export interface ModelFolder {
  readonly json: unknown;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Read both files of a model folder of this format. */
export async function readModelFolder(dir: string, format: ModelFormat): Promise<ModelFolder> {
  const { json, kind } = await readModelJson(dir);
  if (kind !== format) {
    fail(
      `Cannot read model "${dir}": it is ${format === FLOAT_FORMAT ? 'quantized' : 'a float model'}`,
      format === FLOAT_FORMAT
        ? 'Name the float model (.model) that it was made from'
        : 'Quantize it first: adderforge quantize',
    );
  }
  const path = join(dir, WEIGHT_FILE);
  const weights = await readWholeFile(path, { what: 'weights', most: MAX_FILE_BYTES });
  return { json, tensors: parseSafetensors(weights, path) };
}

/** The format that a folder's `model.json` names. */
export async function readModelFormat(dir: string): Promise<ModelFormat> {
  return (await readModelJson(dir)).kind;
}

async function readModelJson(dir: string): Promise<{ json: object; kind: ModelFormat }> {
  const info = await stat(dir).catch((error) => {
    throw asFileIssue(`read model "${dir}"`, error);
  });
  if (!info.isDirectory()) {
    fail(
      `Cannot read model "${dir}": a model is a folder, this is a file`,
      'Import a checkpoint first: adderforge import <file> --arch <name> -o <folder>',
    );
  }
  const path = join(dir, JSON_FILE);
  const bytes = await readWholeFile(path, { what: 'model', most: MAX_JSON_BYTES });
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    fail(`Cannot read model "${path}": it is not JSON`, 'Write the model again');
  }
  const { format, version } = (json ?? {}) as { format?: unknown; version?: unknown };
  if (format !== FLOAT_FORMAT && format !== QUANTIZED_FORMAT) {
    fail(`Cannot read model "${path}": it is no model of this program`, 'Name a model folder');
  }
  if (version !== FORMAT_VERSIONS[format]) {
    fail(
      `Cannot read model "${path}": its version is ${quote(String(version))}, this program reads ${FORMAT_VERSIONS[format]}`,
      'Write the model again with this program',
    );
  }
  return { json: json as object, kind: format };
}

/** What `writeModelFolder` writes; `json` follows `format` and `version`. */
export interface ModelContent {
  readonly format: ModelFormat;
  readonly json: Readonly<Record<string, unknown>>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * Write a model folder: the same content gives the same bytes.
 *
 * Replaces a model of the same format; refuses every other folder or file that is there. After an error
 * the old model is in its place.
 */
export async function writeModelFolder(dir: string, content: ModelContent): Promise<void> {
  await checkModelTarget(dir, content.format);
  try {
    await writeFolder(dir, async (folder) => {
      const { format, json, tensors } = content;
      const text = JSON.stringify({ format, version: FORMAT_VERSIONS[format], ...json }, null, 2);
      await writeFile(join(folder, JSON_FILE), `${text}\n`);
      await writeFile(join(folder, WEIGHT_FILE), formatSafetensors(tensors));
    });
  } catch (error) {
    throw asFileIssue(`write model "${dir}"`, error);
  }
}

/** Refuse to replace what is not a model of this format; long work asks before it begins. */
export async function checkModelTarget(dir: string, format: ModelFormat): Promise<void> {
  const target = resolve(dir);
  const info = await stat(target).catch(() => undefined);
  if (info === undefined) return;
  const refuse = (reason: string): never =>
    fail(`Cannot write model "${target}": ${reason}`, 'Choose another folder, or remove this one');
  if (!info.isDirectory()) refuse('a file of this name is there');
  const files = await readdir(target);
  if (files.length === 0) return;
  const foreign = files.find((file) => file !== JSON_FILE && file !== WEIGHT_FILE);
  if (foreign !== undefined)
    refuse(`the folder holds ${quote(foreign)}, which is no part of a model`);
  const found = await readModelFormat(target).catch(() => undefined);
  if (found === undefined) refuse('the folder is no model of this program');
  if (found !== format)
    refuse(`the folder is ${found === FLOAT_FORMAT ? 'a float' : 'a quantized'} model`);
}

/** sha256 over the bytes of `model.json`, then those of `weights.safetensors`, as hexadecimal digits. */
export async function modelDigest(dir: string): Promise<string> {
  const hash = createHash('sha256');
  const json = join(dir, JSON_FILE);
  hash.update(await readWholeFile(json, { what: 'model', most: MAX_JSON_BYTES }));
  const weights = join(dir, WEIGHT_FILE);
  hash.update(await readWholeFile(weights, { what: 'weights', most: MAX_FILE_BYTES }));
  return hash.digest('hex');
}
