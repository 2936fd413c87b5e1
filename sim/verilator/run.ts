/**
 * @file One process of the simulator on one folder of stimulus.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { fail } from '../../src/issues.ts';
import type { Manifest } from '../../src/manifest.ts';
import { type HarnessReport, parseHarnessReport } from './harness-report.ts';
import { type RunRequest, runFileText } from './run-file.ts';

/** Exit code of the harness when what it is given does not fit, or cannot be read or written (`die` in `run_file.h`). */
const REFUSED = 2;

/** A simulator, a design and a folder with `codes.bin` and `expected.bin`. */
export interface SimulationJob {
  readonly simulator: string;
  readonly designDir: string;
  readonly manifest: Manifest;
  readonly folder: string;
  readonly request: RunRequest;
  /** Called with the number of images done. */
  readonly onImages?: (done: number) => void;
}

/**
 * Run the simulator and read its report; a waveform, if asked for, is `trace.fst` in the folder.
 *
 * The simulator runs in the design directory, where the RTL finds its memory images.
 */
export async function runSimulation(job: SimulationJob): Promise<HarnessReport> {
  const { simulator, designDir, manifest, folder, request, onImages } = job;
  await writeFile(join(folder, 'run.txt'), runFileText(manifest, request));
  const child = execa(simulator, [resolve(folder)], {
    cwd: designDir,
    stdin: 'ignore',
    reject: false,
  });
  for await (const line of child) {
    const done = /^images (\d+)$/.exec(line)?.[1];
    if (done !== undefined) onImages?.(Number(done));
  }
  const { failed, exitCode, shortMessage, stdout, stderr } = await child;
  if (failed) {
    // An assertion in the RTL ends the simulator too: its text is the last that was printed.
    const said = `${stdout}\n${stderr}`.replace(/^images \d+$/gm, '').trim();
    if (exitCode === REFUSED) {
      fail(said, 'Generate the design again; look whether the temporary folder has space left');
    }
    throw new Error(`internal: the simulator broke off: ${shortMessage}\n${said}`);
  }
  return parseHarnessReport(await readFile(join(folder, 'report.json'), 'utf8'));
}
