/**
 * @file From the reports of all processes to one: counts added, the first difference found, cycles an image.
 */
import type { Manifest } from '../src/manifest.ts';
import { describeFailures, operationName } from './cosim-failures.ts';
import type { CosimReport, FirstMismatch, LayerReport, ShardReport } from './cosim-report.ts';
import type { Comparison, HarnessReport } from './verilator/harness-report.ts';

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
    failures: describeFailures({ manifest, shards, layers, firstMismatch, seed }),
  };
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
