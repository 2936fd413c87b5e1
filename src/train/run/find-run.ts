/**
 * @file What is on the disk before a run begins: an unfinished run, and whether its result can be written.
 */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail } from '../../issues.ts';
import { checkModelTarget, FLOAT_FORMAT } from '../../model/model-folder.ts';
import type { BackendName } from '../backend.ts';
import { backendNames } from './backend-names.ts';
import type { RunIdentity } from './run-identity.ts';
import { isTrainingFolder, readIdentity, trainingFolder } from './training-folder.ts';

/** Refuse an output that could not be written at the end of a long run. */
export async function checkOutput(output: string): Promise<void> {
  await checkModelTarget(output, FLOAT_FORMAT);
  const parent = dirname(output);
  const info = await stat(parent).catch(() => undefined);
  if (info?.isDirectory()) return;
  fail(
    `Cannot write model "${output}": there is no folder "${parent}"`,
    'Make the folder, or choose another output',
  );
}

/** The settings of the run to go on with; none for a new one. */
export async function findRun({
  resume,
  output,
}: {
  readonly resume: boolean;
  readonly output: string;
}): Promise<RunIdentity | undefined> {
  const folder = trainingFolder(output);
  const exists = await isTrainingFolder(folder);
  if (resume && exists) return readIdentity(folder);
  if (resume) {
    fail(
      `Cannot resume the training of "${output}": no run is kept in "${folder}"`,
      'Leave out --resume to begin one, or name the output of the run',
    );
  }
  if (exists) {
    fail(
      `Cannot begin to train "${output}": a run that has not ended is kept in "${folder}"`,
      'Add --resume to go on with it, or remove that folder',
    );
  }
  return undefined;
}

/** The backend that a run began on, if it is one. */
export function backendOf(run: RunIdentity | undefined): BackendName | undefined {
  return backendNames.find((name) => name === run?.backend);
}
