/**
 * @file Where a run keeps what it needs to go on: `<output>.training/` with `settings.json` (what run it is),
 * `state.safetensors` (one file, so that weights, momentum and place always belong together) and `log.jsonl`.
 *
 * Every file appears whole or not at all: it is written beside its place, brought to the disk, and renamed.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { asFileIssue } from '../../file-issue.ts';
import { fail } from '../../issues.ts';
import { MAX_FILE_BYTES, MAX_JSON_BYTES } from '../../model/limits.ts';
import { readWholeFile } from '../../model/read-whole-file.ts';
import type { EpochSummary } from './events.ts';
import type { RunIdentity } from './run-identity.ts';
import { formatState, parseState } from './stored-state.ts';
import type { TrainState } from './train-state.ts';

/** One line of the log. */
export interface LogEntry extends EpochSummary {
  /** Percent on the test images; absent where they were not evaluated. */
  readonly testTop1?: number;
}

const SETTINGS = 'settings.json';
const STATE = 'state.safetensors';
const LOG = 'log.jsonl';
const FORMAT = 'adderforge-training';

const settingsSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(1),
  run: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
const logSchema = z.object({
  epoch: z.int(),
  rate: z.number(),
  trainLoss: z.number(),
  trainTop1: z.number(),
  agreement: z.number().optional(),
  testTop1: z.number().optional(),
  seconds: z.number(),
  imagesPerSecond: z.number(),
});

/** The folder of the run that writes the model `output`. */
export const trainingFolder = (output: string): string => `${trimSlashes(output)}.training`;
/** Where the log of a finished run stays. */
export const logFile = (output: string): string => `${trimSlashes(output)}.log.jsonl`;

const trimSlashes = (path: string): string => path.replace(/(?<=.)\/+$/, '');

/** Whether a run is kept there. */
export async function isTrainingFolder(folder: string): Promise<boolean> {
  return (await stat(join(folder, SETTINGS)).catch(() => undefined)) !== undefined;
}

/** Begin a folder; one that is there may hold nothing. */
export async function createTrainingFolder(folder: string, identity: RunIdentity): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error) => {
    throw asFileIssue(`write training folder "${folder}"`, error);
  });
  if ((await readdir(folder)).length > 0) {
    fail(
      `Cannot train into "${folder}": the folder is not empty`,
      'Remove it, or name another output',
    );
  }
  const content = { format: FORMAT, version: 1, run: identity };
  await replaceFile(join(folder, SETTINGS), `${JSON.stringify(content, null, 2)}\n`);
}

/** Save how far the run is. */
export async function saveState(folder: string, state: TrainState): Promise<void> {
  await replaceFile(join(folder, STATE), formatState(state));
}

/** Save the log, whole. */
export async function saveLog(folder: string, log: readonly LogEntry[]): Promise<void> {
  const lines = log.map((entry) => `${JSON.stringify(entry)}\n`);
  await replaceFile(join(folder, LOG), lines.join(''));
}

/** The settings of a saved run. */
export async function readIdentity(folder: string): Promise<RunIdentity> {
  const path = join(folder, SETTINGS);
  const text = await readText(path, 'training settings');
  const parsed = settingsSchema.safeParse(parseJson(text));
  if (!parsed.success) return damaged(path, 'it does not have the form of training settings');
  return parsed.data.run;
}

/** State and log of a saved run of `length` parameters; without a saved state `initial` is where it goes on. */
export async function readProgress(
  folder: string,
  initial: TrainState,
): Promise<{ readonly state: TrainState; readonly log: readonly LogEntry[] }> {
  const path = join(folder, STATE);
  if ((await stat(path).catch(() => undefined)) === undefined) return { state: initial, log: [] };
  const bytes = await readWholeFile(path, { what: 'training state', most: MAX_FILE_BYTES });
  const state = parseState(bytes, { file: path, length: initial.parameters.length });
  const log = await readLog(join(folder, LOG));
  // A line is written before its epoch is counted as done: an epoch that is run again writes its line again.
  return { state, log: log.filter(({ epoch }) => epoch <= state.progress.epoch) };
}

async function readLog(path: string): Promise<LogEntry[]> {
  if ((await stat(path).catch(() => undefined)) === undefined) return [];
  const lines = (await readText(path, 'training log')).split('\n').filter((line) => line !== '');
  return lines.map((line, n) => {
    const parsed = logSchema.safeParse(parseJson(line));
    if (!parsed.success) return damaged(path, `line ${n + 1} is no line of a training log`);
    return parsed.data as LogEntry;
  });
}

/** End a run: its log moves to `log`, the folder goes. */
export async function closeTrainingFolder(folder: string, log: string): Promise<void> {
  try {
    // The log is gone already where the end of a run was interrupted.
    if ((await readdir(folder)).includes(LOG)) await rename(join(folder, LOG), log);
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    throw asFileIssue(`write training log "${log}"`, error);
  }
}

async function readText(path: string, what: string): Promise<string> {
  return new TextDecoder().decode(await readWholeFile(path, { what, most: MAX_JSON_BYTES }));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function damaged(path: string, reason: string): never {
  return fail(
    `Cannot resume the training: "${path}" is damaged, ${reason}`,
    'Remove the training folder and begin again',
  );
}

async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw asFileIssue(`write "${path}"`, error);
  }
}
