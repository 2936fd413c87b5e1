/**
 * @file nextpnr's slowest path in the words of the source: modules, instances and signals.
 *
 * nextpnr names wires and cells as yosys left them: the path of the instance in the flattened design, the signal,
 * and what mapping added (`u_dut.gen_row[4].gen_col[7].u_pe.negative_SB_CARRY_CI_CO[11]`).
 */
import type { CriticalPath, PathStep } from '../../src/report/route-report.ts';
import { HARNESS_MODULE, ROUTED_INSTANCE } from './harness.ts';
import type { ModuleTree } from './module-tree.ts';

/** One hop of a path in nextpnr's report: through a cell, or along a wire. */
export interface PathHop {
  readonly type: string;
  readonly delay: number;
  readonly net?: string | undefined;
  readonly to: { readonly cell: string };
}

type Place = Pick<PathStep, 'module' | 'instance' | 'signal'>;

/** What yosys and nextpnr put behind a signal's name; what follows is theirs too. */
const ADDED =
  /(_(SB_|LUT4_|CCU2C_|TRELLIS_|PFUMX_|L6MUX21_|MULT18X18D_|MULT9X9D_|DP16KD_|PDPW16KD_)|\$).*$/;

/** A block of a memory, and its data pin: `mem.0.3_RDATA_2`. */
const BLOCK = /\.\d+\.\d+(_.*)?$/;

/** Name the steps of a path; hops on the same signal are one step. */
export function nameCriticalPath(hops: readonly PathHop[], tree: ModuleTree): CriticalPath {
  const steps: PathStep[] = [];
  const total = { all: 0, routing: 0 };
  for (const hop of hops) {
    total.all += hop.delay;
    if (hop.type === 'routing') total.routing += hop.delay;
    // The path's wires, and then the register or memory in which it ends.
    const name = hop.type === 'routing' ? hop.net : hop.type === 'setup' ? hop.to.cell : undefined;
    if (name !== undefined) addStep(steps, { ...placeOf(name, tree), at: total.all });
  }
  const [totalNs, routingNs] = [round2(total.all), round2(total.routing)];
  return { totalNs, logicNs: round2(totalNs - routingNs), routingNs, steps };
}

function addStep(steps: PathStep[], { at, ...place }: Place & { readonly at: number }): void {
  const last = steps.at(-1);
  const untilNs = round2(at);
  // A name that tells nothing is a cell that nextpnr put into the wire before.
  const continues =
    last !== undefined &&
    (place.module === null ||
      (last.instance === place.instance &&
        last.signal === place.signal &&
        last.module === place.module));
  if (continues) steps[steps.length - 1] = { ...last, cells: last.cells + 1, untilNs };
  else steps.push({ ...place, cells: 1, untilNs });
}

/** Where a wire or cell is in the source. */
export function placeOf(name: string, { modules }: ModuleTree): Place {
  if (name.startsWith('$')) return { module: null, instance: '', signal: name };
  const parts = name.split('.');
  if (parts[0] !== ROUTED_INSTANCE) {
    return { module: HARNESS_MODULE, instance: '', signal: signalOf(name) };
  }
  for (let depth = parts.length - 1; depth >= 1; depth--) {
    const instance = parts.slice(1, depth).join('.');
    const module = modules.get(instance);
    if (module !== undefined) {
      return { module, instance, signal: signalOf(parts.slice(depth).join('.')) };
    }
  }
  throw new Error('internal: the routed module itself is in every tree');
}

function signalOf(text: string): string {
  return text
    .replace(BLOCK, '')
    .replace(ADDED, '')
    .replace(/\[\d+\]$/, '');
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
