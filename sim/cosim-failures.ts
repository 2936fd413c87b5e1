/**
 * @file What is wrong with the RTL, in words: the first difference, a hang or broken rule, cycles off the plan.
 */
import type { Issue } from '../src/issues.ts';
import type { LayerInfo, Manifest } from '../src/manifest.ts';
import type { FirstMismatch, LayerReport, ShardReport } from './cosim-report.ts';

/** What the processes found. */
export interface Findings {
  readonly manifest: Manifest;
  readonly shards: readonly ShardReport[];
  readonly layers: readonly LayerReport[];
  readonly firstMismatch: FirstMismatch | null;
  readonly seed: number;
}

/** All failures; empty when the RTL equals the golden model and takes exactly the planned cycles. */
export function describeFailures(findings: Findings): readonly Issue[] {
  return [...differences(findings), ...stops(findings), ...offPlan(findings)];
}

/** The name a report gives an operation. */
export function operationName({ layer, tensor }: LayerInfo): string {
  return layer ?? `${tensor} (copy)`;
}

function differences({ shards, layers, firstMismatch, seed }: Findings): readonly Issue[] {
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

function stops({ manifest, shards, seed }: Findings): readonly Issue[] {
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
function offPlan({ manifest, shards }: Findings): readonly Issue[] {
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
