/**
 * @file From the reports of all processes to one: counts added, cycles compared with the plan, differences in words.
 */
import type { Issue } from '../src/issues.ts';
import type { LayerInfo, Manifest } from '../src/manifest.ts';
import type { Comparison, HarnessReport } from './verilator/harness-report.ts';

/** One operation of the schedule. */
export interface LayerReport {
  /** The layer's name, or `<tensor> (copy)`. */
  readonly name: string;
  /** Clock cycles an image; the highest where images differ. */
  readonly cycles: number;
  readonly plannedCycles: number;
  /** Share of the array's slots (elements times cycles) that did useful work. */
  readonly slotsBusy: number;
  /** Values compared with the golden model. */
  readonly values: number;
  readonly mismatches: number;
}

/** Where the first difference of a layer lies. */
export interface FirstMismatch {
  /** The operation's name, or `output stream`. */
  readonly layer: string;
  readonly image: number;
  readonly channel: number;
  readonly row: number;
  readonly column: number;
  readonly cycle: number;
  readonly golden: number;
  readonly rtl: number;
}

/** What a co-simulation found. */
export interface CosimReport {
  readonly images: number;
  /** Values that differ, of all layers and the output stream. */
  readonly mismatches: number;
  readonly cyclesPerImage: number;
  readonly plannedCyclesPerImage: number;
  /** Simulated clock cycles a second of one process. */
  readonly cyclesPerSecond: number;
  readonly layers: readonly LayerReport[];
  readonly valuesCompared: number;
  readonly seed: number;
  readonly stallProbability: number;
  readonly processes: number;
  readonly firstMismatch: FirstMismatch | null;
  /** Waveform around the first difference, where one was asked for and written. */
  readonly trace: string | null;
  /** Empty when the RTL equals the golden model and takes exactly the planned cycles. */
  readonly failures: readonly Issue[];
}

/** One process's share of the images. */
export interface ShardReport {
  readonly firstImage: number;
  readonly images: number;
  readonly report: HarnessReport;
}

/** Put the processes' reports together. */
export function summarize(run: {
  readonly manifest: Manifest;
  readonly shards: readonly ShardReport[];
  readonly seed: number;
  readonly stallProbability: number;
  readonly trace: string | null;
}): CosimReport {
  const { manifest, shards, seed, stallProbability, trace } = run;
  const { rows, cols } = manifest.hardware;
  const sum = (of: (report: HarnessReport) => number): number =>
    shards.reduce((total, { report }) => total + of(report), 0);
  const layers = manifest.layers.map((layer, k): LayerReport => {
    const cycles = Math.max(...shards.map(({ report }) => report.ops[k]!.cycles[1]));
    return {
      name: operationName(layer),
      cycles,
      plannedCycles: layer.plannedCycles,
      slotsBusy: cycles === 0 ? 0 : layer.sadOps / (cycles * rows * cols),
      values: sum(({ ops }) => ops[k]!.values),
      mismatches: sum(({ ops }) => ops[k]!.mismatches),
    };
  });
  const output = sum((report) => report.output.mismatches);
  const firstMismatch = findFirstMismatch(manifest, shards);
  return {
    images: sum(({ images }) => images),
    mismatches: layers.reduce((total, { mismatches }) => total + mismatches, output),
    cyclesPerImage: Math.max(...shards.map(({ report }) => report.imageCycles[1])),
    plannedCyclesPerImage: manifest.plannedCyclesPerImage,
    cyclesPerSecond: Math.round(sum(({ cycles }) => cycles) / sum(({ seconds }) => seconds)),
    layers,
    valuesCompared: layers.reduce(
      (total, { values }) => total + values,
      sum((r) => r.output.values),
    ),
    seed,
    stallProbability,
    processes: shards.length,
    firstMismatch,
    trace,
    failures: [
      ...differences({ manifest, shards, layers, firstMismatch, seed }),
      ...stops(manifest, shards, seed),
      ...offPlan(manifest, shards),
    ],
  };
}

/** The name a report gives an operation. */
export function operationName({ layer, tensor }: LayerInfo): string {
  return layer ?? `${tensor} (copy)`;
}

/** The first operation in the schedule that differs; within it, the first image. Later layers differ because of it. */
function findFirstMismatch(
  manifest: Manifest,
  shards: readonly ShardReport[],
): FirstMismatch | null {
  const candidates: { name: string; of: (report: HarnessReport) => Comparison }[] = [
    ...manifest.layers.map((layer, k) => ({
      name: operationName(layer),
      of: (report: HarnessReport) => report.ops[k]!,
    })),
    { name: 'output stream', of: (report) => report.output },
  ];
  for (const { name, of } of candidates) {
    for (const { firstImage, report } of shards) {
      const { first } = of(report);
      if (!first) continue;
      const { image, channel, row, column, cycle, want, got } = first;
      const at = { image: firstImage + image, channel, row, column, cycle };
      return { layer: name, ...at, golden: want, rtl: got };
    }
  }
  return null;
}

function differences(found: {
  readonly manifest: Manifest;
  readonly shards: readonly ShardReport[];
  readonly layers: readonly LayerReport[];
  readonly firstMismatch: FirstMismatch | null;
  readonly seed: number;
}): readonly Issue[] {
  const { shards, layers, firstMismatch, seed } = found;
  if (!firstMismatch) return [];
  const { layer, image, channel, row, column, cycle, golden, rtl } = firstMismatch;
  const own = layers.find(({ name }) => name === layer) ?? {
    mismatches: shards.reduce((total, { report }) => total + report.output.mismatches, 0),
    values: shards.reduce((total, { report }) => total + report.output.values, 0),
  };
  const after = layers.filter(({ name, mismatches }) => name !== layer && mismatches > 0).length;
  const subject = layer === 'output stream' ? 'The output stream' : `Layer "${layer}"`;
  return [
    {
      problem:
        `${subject} differs at channel ${channel}, row ${row}, col ${column} of image ${image} (cycle ${cycle}): ` +
        `golden ${golden}, RTL ${rtl}; ${own.mismatches} of ${own.values} values` +
        (after > 0 ? `; ${after} later layers differ too` : ''),
      remedy: `Rerun with --seed ${seed} --trace for a waveform around it`,
    },
  ];
}

function stops(manifest: Manifest, shards: readonly ShardReport[], seed: number): readonly Issue[] {
  const remedy = `Rerun with --seed ${seed} --trace for a waveform around it`;
  return shards.flatMap(({ report, images }): Issue[] => {
    const { stop, fault, at, cycles } = report;
    if (stop === 'fault') {
      return [{ problem: `The accelerator breaks its interface's rules: ${fault}`, remedy }];
    }
    if (stop !== 'hang') return [];
    const operation = manifest.layers[at.op];
    const where = operation ? `layer "${operationName(operation)}"` : `operation ${at.op}`;
    const state = at.stall
      ? 'waits for the output stream in'
      : at.busy
        ? 'hangs in'
        : 'is idle after';
    const beats = manifest.inputShape.reduce((product, length) => product * length, images);
    const outputs = manifest.layers
      .at(-1)!
      .shape.reduce((product, length) => product * length, images);
    return [
      {
        problem:
          `The accelerator ${state} ${where}, cycle ${cycles}: ` +
          `${at.inputBeats} of ${beats} input and ${at.outputBeats} of ${outputs} output values passed`,
        remedy,
      },
    ];
  });
}

/** Cycles that are not the plan's; only of runs that came to their end. */
function offPlan(manifest: Manifest, shards: readonly ShardReport[]): readonly Issue[] {
  if (shards.some(({ report }) => report.stop !== 'end')) return [];
  const span = (ranges: readonly (readonly [number, number])[]): string => {
    const low = Math.min(...ranges.map(([first]) => first));
    const high = Math.max(...ranges.map(([, last]) => last));
    return low === high ? `${low}` : `${low} to ${high}`;
  };
  const remedy = 'The schedule and the RTL disagree: report it with the design directory';
  const issues: Issue[] = [];
  manifest.layers.forEach((layer, k) => {
    const taken = span(shards.map(({ report }) => report.ops[k]!.cycles));
    if (taken === `${layer.plannedCycles}`) return;
    const problem = `Layer "${operationName(layer)}" takes ${taken} cycles, the plan says ${layer.plannedCycles}`;
    issues.push({ problem, remedy });
  });
  const image = span(shards.map(({ report }) => report.imageCycles));
  if (image !== `${manifest.plannedCyclesPerImage}`) {
    const problem = `An image takes ${image} cycles, the plan says ${manifest.plannedCyclesPerImage}`;
    issues.push({ problem, remedy });
  }
  return issues;
}
