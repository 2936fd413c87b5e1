/**
 * @file Co-simulation: the RTL in Verilator against the golden model, every layer's tensor and the output
 * stream, bit for bit, with random stalls on both streams; cycles against the plan.
 */
import { copyFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CosimReport, ShardReport } from './cosim-report.ts';
import { makeStimulus } from './make-stimulus.ts';
import { type CosimRequest, openSession, type Session } from './open-session.ts';
import { withScratchFolder } from './scratch.ts';
import { summarize } from './summarize.ts';
import { buildSimulator } from './verilator/build.ts';
import { runSimulation } from './verilator/run.ts';
import type { TraceWindow } from './verilator/run-file.ts';

/** Simulated cycles above which an optimized build pays for itself. */
const LONG_RUN_CYCLES = 2_000_000;

/** Cycles of the waveform before and after the first difference. */
const TRACE_BEFORE = 4096;
const TRACE_AFTER = 256;

interface Shard {
  readonly index: number;
  readonly firstImage: number;
  readonly images: number;
}

/**
 * Simulate images and compare everything with the golden model.
 *
 * Differences, hangs, broken interface rules and cycles off the plan are in the report's `failures`; what
 * keeps the simulation from running (a changed file, a missing tool, wrong images) is thrown as issues.
 */
export async function cosim(request: CosimRequest): Promise<CosimReport> {
  // 1. Read the design and check the request against it.
  const session = await openSession(request);
  // 2. Build the simulator; share the images among processes.
  const shards = share(request);
  const simulator = await build(session, false);
  // 3. Golden model and simulation, process by process.
  let done = 0;
  const advance = (): void => request.progress(++done, 2 * request.count, 'images');
  const explicit = typeof request.trace === 'object' ? request.trace : undefined;
  const reports = await Promise.all(
    shards.map((shard) => runShard({ session, shard, simulator, advance })),
  );
  // 4. Waveform, in a second run that is told the cycle.
  const window = explicit
    ? { shard: shards[0]!, ...explicit }
    : request.trace
      ? windowOf(reports, shards)
      : undefined;
  const trace = window ? await traceShard(session, window) : null;
  // 5. One report.
  const { manifest, seed, stallProbability } = session;
  return summarize({ manifest, shards: reports, seed, stallProbability, trace });
}

function share({ count, processes = availableParallelism() }: CosimRequest): readonly Shard[] {
  const shards = Math.min(processes, count);
  return Array.from({ length: shards }, (_, index) => {
    const firstImage = Math.floor((index * count) / shards);
    return { index, firstImage, images: Math.floor(((index + 1) * count) / shards) - firstImage };
  });
}

function build({ manifest, request }: Session, trace: boolean): Promise<string> {
  const cycles = manifest.plannedCyclesPerImage * request.count;
  return buildSimulator({
    designDir: request.designDir,
    top: manifest.top,
    sources: manifest.sources.map(({ file }) => file),
    optimization: cycles > LONG_RUN_CYCLES ? 'run' : 'build',
    trace,
  });
}

async function runShard(job: {
  readonly session: Session;
  readonly shard: Shard;
  readonly simulator: string;
  readonly advance: () => void;
  readonly trace?: TraceWindow & { readonly file: string };
}): Promise<ShardReport> {
  const { session, shard, simulator, advance, trace } = job;
  const { manifest, model, request, seed, stallProbability } = session;
  const size = request.images.length / request.count;
  const from = shard.firstImage * size;
  return withScratchFolder(tmpdir(), async (folder) => {
    const images = request.images.subarray(from, from + shard.images * size);
    const tensors = manifest.layers.map(({ tensor }) => tensor);
    const operations = shard.images * manifest.layers.reduce((sum, { sadOps }) => sum + sadOps, 0);
    await makeStimulus({ model, tensors, images, folder }, { operations, onImage: advance });
    let seen = 0;
    const report = await runSimulation({
      simulator,
      designDir: request.designDir,
      manifest,
      folder,
      request: {
        images: shard.images,
        seed: seed + shard.index,
        stallProbability,
        ...(trace ? { trace } : {}),
      },
      onImages: (images) => {
        for (; seen < images; seen += 1) advance();
      },
    });
    if (trace) await copyFile(join(folder, 'trace.fst'), trace.file);
    return { firstImage: shard.firstImage, images: shard.images, report };
  });
}

/** The process that saw the earliest difference or stop, and the cycles around it. */
function windowOf(
  reports: readonly ShardReport[],
  shards: readonly Shard[],
): ({ readonly shard: Shard } & TraceWindow) | undefined {
  const cycles = reports.map(({ report }) =>
    Math.min(
      report.stop === 'end' ? Number.POSITIVE_INFINITY : report.cycles,
      ...[...report.ops, report.output].map(
        ({ first }) => first?.cycle ?? Number.POSITIVE_INFINITY,
      ),
    ),
  );
  const earliest = Math.min(...cycles);
  if (earliest === Number.POSITIVE_INFINITY) return undefined;
  return {
    shard: shards[cycles.indexOf(earliest)]!,
    start: Math.max(0, earliest - TRACE_BEFORE),
    stop: earliest + TRACE_AFTER,
  };
}

async function traceShard(
  session: Session,
  { shard, start, stop }: { readonly shard: Shard } & TraceWindow,
): Promise<string> {
  const file = session.request.traceFile ?? join(session.request.designDir, 'cosim.fst');
  const simulator = await build(session, true);
  const trace = { start, stop, file };
  await runShard({ session, shard, simulator, advance: () => {}, trace });
  return file;
}
