/**
 * @file Routed timing: a design's array, or all of it, synthesized once and placed and routed with several seeds.
 *
 * One seed's Fmax says little: placement starts from chance, and results scatter by several percent. Read `route()`.
 */
import type { Progress } from '../../src/progress.ts';
import { medianRun, summarizeFmax } from '../../src/report/fmax-summary.ts';
import { countNetlist, round2 } from '../../src/report/resources.ts';
import type { RoutableDevice } from '../../src/report/routable-devices.ts';
import type { RoutedPart, RouteReport } from '../../src/report/route-report.ts';
import { readManifest, verifyFiles } from '../design.ts';
import { inParallel } from '../in-parallel.ts';
import { findYosys, type YosysKind, yosysTitle } from '../yosys/find-yosys.ts';
import { readDesign } from '../yosys/read-design.ts';
import { findNextpnr } from './find-nextpnr.ts';
import { makeNetlist } from './make-netlist.ts';
import { placeAndRoute } from './place-and-route.ts';
import { readReport } from './read-report.ts';

export interface RouteRequest {
  readonly designDir: string;
  readonly device: RoutableDevice;
  readonly part: RoutedPart;
  /** Runs with the seeds 1 to this number. */
  readonly seeds: number;
  /** Which yosys; by default the installed one, else the package. */
  readonly tool?: YosysKind;
  /** Runs at once; one a core by default. */
  readonly jobs?: number;
  readonly progress: Progress;
}

const NOTES: readonly string[] = [
  'A harness of shift registers stands between three pins and the module’s ports: one register before each input, one after each output; pins are not timed',
  'The slowest path is the slowest from register to register by nextpnr’s model of the device; a path that begins at an_route_harness comes from a port',
];

/**
 * Route a design.
 *
 * Throws issues for a missing tool, a design that cannot be read and one that does not fit; `ToolError` when a tool
 * fails. Every seed that is done stays done: an interrupted call goes on where it was.
 */
export async function route(request: RouteRequest): Promise<RouteReport> {
  const { designDir, device, part, progress } = request;

  // 1. The design as it was generated, and the tools.
  await verifyFiles(designDir, await readManifest(designDir));
  const design = await readDesign(designDir);
  const nextpnr = await findNextpnr(device.arch);
  const yosys = await findYosys(request.tool);

  // 2. One netlist, placed and routed once a seed.
  const seeds = Array.from({ length: request.seeds }, (_, index) => index + 1);
  progress(0, seeds.length, 'seeds');
  const netlist = await makeNetlist({ yosys, design, part, device });
  const title = part === 'whole' ? `"${design.name}"` : `the array of "${design.name}"`;
  const abort = new AbortController();
  let done = 0;
  const routeSeed = async (seed: number) => {
    const { signal } = abort;
    const run = await placeAndRoute({ nextpnr, netlist, device, seed, title, signal });
    progress(++done, seeds.length, 'seeds');
    return { seed, seconds: run.seconds, ...readReport(run.report, netlist.tree) };
  };
  const runs = await inParallel(seeds, routeSeed, request.jobs).catch((error: unknown) => {
    abort.abort();
    throw error;
  });

  // 3. What came of it; packing does not depend on the seed.
  const { utilization } = runs[0]!;
  const { inputBits, outputBits } = netlist.harness;
  const logicCells = utilization.ICESTORM_LC?.used;
  return {
    design: design.name,
    part,
    module: netlist.module,
    device: device.part,
    package: device.package,
    ...(device.speedGrade === undefined ? {} : { speedGrade: device.speedGrade }),
    tools: [yosysTitle(yosys), nextpnr.title],
    fmax: summarizeFmax(runs),
    seeds: runs.map(({ seed, fmaxMhz, seconds, criticalPath }) => ({
      seed,
      fmaxMhz,
      seconds,
      criticalPath,
    })),
    utilization,
    netlist: countNetlist(device.family, netlist.cells, netlist.top).total,
    harness: netlist.harness,
    ...(part === 'array' && logicCells !== undefined
      ? { logicCellsPerElement: round2((logicCells - inputBits - outputBits) / design.elements) }
      : {}),
    criticalPath: medianRun(runs).criticalPath,
    notes: NOTES,
  };
}
