/**
 * @file Co-simulation: the RTL in Verilator against the golden model, every layer's tensor and the output
 * stream, bit for bit, with random stalls on both streams; cycles against the plan.
 */
import { copyFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, type Issue, throwIfAny } from '../src/issues.ts';
import type { Manifest } from '../src/manifest.ts';
import { modelDigest } from '../src/model/store.ts';
import { INPUT } from '../src/model/types.ts';
import type { Progress } from '../src/progress.ts';
import { readQuantized } from '../src/quantize/store.ts';
import type { QuantizedModel } from '../src/quantize/types.ts';
import { type CosimReport, type ShardReport, summarize } from './cosim-report.ts';
import { readManifest, verifyFiles } from './design.ts';
import { makeStimulus } from './make-stimulus.ts';
import { withScratchFolder } from './scratch.ts';
import { buildSimulator } from './verilator/build.ts';
import { runSimulation } from './verilator/run.ts';
import type { TraceWindow } from './verilator/run-file.ts';

/** What to simulate. */
export interface CosimRequest {
  readonly designDir: string;
  /** `count` images of input bytes, row by row, channels fastest. */
  readonly images: Uint8Array;
  readonly count: number;
  /** Of a stall in a cycle of either stream, 0 (default) to 0.95. */
  readonly stallProbability?: number;
  readonly seed?: number;
  /** Simulator processes; default: one a core, at most one an image. */
  readonly processes?: number;
  /** `true`: write a waveform around the first difference; or the cycles of the first process to write. */
  readonly trace?: boolean | TraceWindow;
  /** Where the waveform goes; default `cosim.fst` in the design directory. */
  readonly traceFile?: string;
  readonly progress: Progress;
}

/** Simulated cycles above which an optimized build pays for itself. */
const LONG_RUN_CYCLES = 2_000_000;

/** Cycles of the waveform before and after the first difference. */
const TRACE_BEFORE = 4096;
const TRACE_AFTER = 256;

interface Session {
  readonly manifest: Manifest;
  readonly model: QuantizedModel;
  readonly request: CosimRequest;
  readonly seed: number;
  readonly stallProbability: number;
}

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

async function openSession(request: CosimRequest): Promise<Session> {
  const { designDir, images, count, stallProbability = 0, seed = 1, processes = 1 } = request;
  const manifest = await readManifest(designDir);
  const issues: Issue[] = [];
  const refuse = (reason: string, remedy: string): void => {
    issues.push({ problem: `Cannot co-simulate "${designDir}": ${reason}`, remedy });
  };
  if (!(stallProbability >= 0 && stallProbability <= 0.95)) {
    refuse(`a stall probability of ${stallProbability}`, 'Choose one from 0 to 0.95');
  }
  if (!Number.isSafeInteger(seed) || seed < 0)
    refuse(`a seed of ${seed}`, 'Choose an integer from 0 on');
  if (!Number.isInteger(processes) || processes < 1)
    refuse(`${processes} processes`, 'Choose 1 or more');
  if (!Number.isInteger(count) || count < 1) refuse(`${count} images`, 'Choose 1 or more');
  const size = manifest.inputShape.reduce((product, length) => product * length);
  if (images.length !== count * size) {
    refuse(
      `${count} images of ${manifest.inputShape.join('x')} have ${count * size} bytes, ${images.length} were given`,
      'Use a data set of the shape the network was trained for',
    );
  }
  throwIfAny(issues);
  await verifyFiles(designDir, manifest);
  const modelFolder = join(designDir, manifest.model.folder);
  const digest = await modelDigest(modelFolder);
  if (digest !== manifest.model.sha256) {
    fail(
      `Cannot use design "${designDir}": its model has changed since it was generated (sha256 ${digest.slice(0, 12)}, manifest ${manifest.model.sha256.slice(0, 12)})`,
      'Generate the design again',
    );
  }
  const model = await readQuantized(modelFolder);
  checkShapes({ designDir, manifest, model });
  return { manifest, model, request, seed, stallProbability };
}

/** The manifest is a file like any other: what it says of the maps must be what the model says. */
function checkShapes(design: {
  readonly designDir: string;
  readonly manifest: Manifest;
  readonly model: QuantizedModel;
}): void {
  const { designDir, manifest, model } = design;
  const shapes = new Map([
    [INPUT, model.input.shape],
    ...model.layers.map(({ name, outputShape }) => [name, outputShape] as const),
  ]);
  const claims = [
    { tensor: INPUT, shape: manifest.inputShape },
    ...manifest.layers.map(({ tensor, shape }) => ({ tensor, shape })),
    { tensor: model.layers.at(-1)!.name, shape: manifest.layers.at(-1)!.shape },
  ];
  throwIfAny(
    claims.flatMap(({ tensor, shape }): Issue[] => {
      const own = shapes.get(tensor);
      if (own?.join() === shape.join()) return [];
      const problem = `Cannot use design "${designDir}": its manifest says "${tensor}" is ${shape.join('x')}, its model ${own ? `${own.join('x')}` : 'has no such map'}`;
      return [{ problem, remedy: 'Generate the design again' }];
    }),
  );
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
