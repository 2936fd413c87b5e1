/** @file One run of nextpnr with one seed: from the cache, or done and kept there. */
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { asFileIssue } from '../../src/file-issue.ts';
import type { RoutableDevice } from '../../src/report/routable-devices.ts';
import { cached, hashOf } from '../cache.ts';
import { withScratchFolder } from '../scratch.ts';
import { runTool, ToolError } from '../tool.ts';
import type { Nextpnr } from './find-nextpnr.ts';
import { throwIfTooLarge } from './fit-issues.ts';
import type { Netlist } from './make-netlist.ts';

export interface PlaceAndRouteRequest {
  readonly nextpnr: Nextpnr;
  readonly netlist: Netlist;
  readonly device: RoutableDevice;
  readonly seed: number;
  /** What an issue calls the design. */
  readonly title: string;
  readonly signal?: AbortSignal;
}

export interface RoutedRun {
  /** Text of nextpnr's report. */
  readonly report: string;
  /** Of the run that made it. */
  readonly seconds: number;
}

const REPORT_FILE = 'report.json';
const SECONDS_FILE = 'seconds.txt';
const LOG_FILE = 'nextpnr.log';
/** Results kept: some ten to hundred kilobytes each. */
const KEPT_RESULTS = 2000;

/** Place and route. Throws an issue with both numbers when the netlist does not fit the device. */
export async function placeAndRoute(request: PlaceAndRouteRequest): Promise<RoutedRun> {
  const { nextpnr, netlist, device, seed } = request;
  const args = [
    ...device.args,
    ...['--json', 'netlist.json', '--seed', `${seed}`, '--report', REPORT_FILE],
    // No clock is asked for: its delays are the result. (--quiet would not keep the log short, --log has it all.)
    ...['--timing-allow-fail', '--log', LOG_FILE, '--quiet'],
  ];
  const key = hashOf([nextpnr.title, netlist.key, ...args]);
  const entry = { kind: 'route', key, keep: KEPT_RESULTS };
  const folder = await cached(entry, async (target) => {
    const { report, seconds } = await run(request, args);
    await writeFile(join(target, REPORT_FILE), report);
    await writeFile(join(target, SECONDS_FILE), `${seconds}\n`);
  });
  return {
    report: await readFile(join(folder, REPORT_FILE), 'utf8'),
    seconds: Number(await readFile(join(folder, SECONDS_FILE), 'utf8')),
  };
}

async function run(request: PlaceAndRouteRequest, args: readonly string[]): Promise<RoutedRun> {
  const { nextpnr, netlist, signal } = request;
  try {
    return await withScratchFolder(tmpdir(), async (cwd) => {
      // The WebAssembly sees this folder only.
      await copyFile(netlist.file, join(cwd, 'netlist.json'));
      const start = performance.now();
      try {
        await runTool({
          command: nextpnr.command,
          args: [...nextpnr.firstArgs, ...args],
          cwd,
          install: 'Install it again',
          ...(signal === undefined ? {} : { signal }),
        });
      } catch (error) {
        if (error instanceof ToolError) await explain(error, request, join(cwd, LOG_FILE));
        throw error;
      }
      const seconds = Math.round((performance.now() - start) / 100) / 10;
      return { report: await readFile(join(cwd, REPORT_FILE), 'utf8'), seconds };
    });
  } catch (error) {
    throw asFileIssue('run nextpnr in the temporary folder', error);
  }
}

/** Throw a clearer error where the log tells why nextpnr failed. */
async function explain(
  error: ToolError,
  { device, title }: PlaceAndRouteRequest,
  logFile: string,
): Promise<void> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  try {
    throwIfTooLarge({ log, device, title });
  } catch (clearer) {
    const { logFile: kept } = error.failure;
    if (kept !== undefined) await rm(dirname(kept), { recursive: true, force: true });
    throw clearer;
  }
}
