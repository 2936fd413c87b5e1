/**
 * @file What a flow has done so far, kept in `flow.json` of its folder.
 *
 * A step is known by a key: a digest of everything its result depends on. Its record holds the key, the digests
 * of the files it wrote and the numbers it found. A step is up to date when its key is the recorded one and its
 * files still are what it wrote; a changed, damaged or missing file makes it run again.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestIfPresent } from './digest.ts';

interface StepRecord {
  readonly key: string;
  /** Digest by path below the flow's folder. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly result: unknown;
}

/** A flow's folder and the records of its steps. */
export interface FlowState {
  readonly folder: string;
  readonly steps: Map<string, StepRecord>;
}

/** What a finished step leaves. */
export interface FinishedStep {
  readonly name: string;
  readonly key: string;
  readonly outputs: readonly string[];
  readonly result: unknown;
}

const STATE_FILE = 'flow.json';
const FORMAT = 'adderforge-flow';
const VERSION = 1;

function isRecord(value: unknown): value is StepRecord {
  const record = value as Partial<StepRecord> | null;
  return (
    typeof record === 'object' &&
    typeof record?.key === 'string' &&
    typeof record.outputs === 'object' &&
    record.outputs !== null
  );
}

/** Read a folder's state; one that is missing or damaged is an empty one, and every step runs. */
export function readFlowState(folder: string): FlowState {
  const steps = new Map<string, StepRecord>();
  try {
    const stored = JSON.parse(readFileSync(join(folder, STATE_FILE), 'utf8'));
    if (stored.format === FORMAT && stored.version === VERSION) {
      for (const [name, record] of Object.entries(stored.steps)) {
        if (isRecord(record)) steps.set(name, record);
      }
    }
  } catch {
    // Nothing to resume.
  }
  return { folder, steps };
}

/** The recorded result of a step that is up to date, in a box since a result may be anything; else `undefined`. */
export function upToDateResult(
  { folder, steps }: FlowState,
  name: string,
  key: string,
): { readonly result: unknown } | undefined {
  const record = steps.get(name);
  if (record === undefined || record.key !== key) return undefined;
  const intact = Object.entries(record.outputs).every(
    ([path, digest]) => digestIfPresent(join(folder, path)) === digest,
  );
  return intact ? { result: record.result } : undefined;
}

/** Record a finished step, at once: an interruption later loses nothing of it. */
export function recordStep(state: FlowState, { name, key, outputs, result }: FinishedStep): void {
  const digests = outputs.map((path) => {
    const digest = digestIfPresent(join(state.folder, path));
    if (digest === undefined) throw new Error(`internal: step "${name}" did not write "${path}"`);
    return [path, digest];
  });
  state.steps.set(name, { key, outputs: Object.fromEntries(digests), result });
  const stored = { format: FORMAT, version: VERSION, steps: Object.fromEntries(state.steps) };
  mkdirSync(state.folder, { recursive: true });
  const temporary = join(state.folder, `.${STATE_FILE}.${process.pid}`);
  writeFileSync(temporary, `${JSON.stringify(stored, null, 2)}\n`);
  renameSync(temporary, join(state.folder, STATE_FILE));
}
