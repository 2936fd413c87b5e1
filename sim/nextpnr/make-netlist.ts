/** @file From a design to the netlist that is placed; both steps come from the cache when nothing has changed. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RoutableDevice } from '../../src/report/routable-devices.ts';
import type { HarnessFigures, RoutedPart } from '../../src/report/route-report.ts';
import { type ModuleCells, parseStat } from '../../src/report/stat.ts';
import { cached, hashOf } from '../cache.ts';
import type { Yosys } from '../yosys/find-yosys.ts';
import type { SynthesisDesign } from '../yosys/read-design.ts';
import { runYosys } from '../yosys/run-yosys.ts';
import { HARNESS_MODULE, makeHarness } from './harness.ts';
import { type ModuleTree, readModuleTree } from './module-tree.ts';
import {
  DUMP_FILE,
  dumpScript,
  HARNESS_FILE,
  NETLIST_FILE,
  netlistScript,
  STAT_FILE,
} from './scripts.ts';

export interface NetlistRequest {
  readonly yosys: Yosys;
  readonly design: SynthesisDesign;
  readonly part: RoutedPart;
  readonly device: RoutableDevice;
}

export interface Netlist {
  readonly tree: ModuleTree;
  /** Name of the routed module in the source. */
  readonly module: string;
  readonly harness: HarnessFigures;
  readonly cells: ModuleCells;
  /** Module of the netlist that holds all cells. */
  readonly top: string;
  /** Hash of all that the netlist is made of, and the file with it. */
  readonly key: string;
  readonly file: string;
}

/** Dumps are some hundred kilobytes, netlists up to tens of megabytes. */
const KEPT_DUMPS = 100;
const KEPT_NETLISTS = 20;

/** Synthesize the part in its harness for the device's family. */
export async function makeNetlist({
  yosys,
  design,
  part,
  device,
}: NetlistRequest): Promise<Netlist> {
  const { top, arrayModule, sources, files } = design;
  const about = { part, top, arrayModule, sources };
  const keyOf = (script: string, more: readonly string[] = []) =>
    hashOf([yosys.kind, yosys.banner, script, ...more, ...[...files].flat()]);

  // 1. What the module's ports are, and what lies below it.
  const script = dumpScript(about);
  const entry = { kind: 'route-dump', key: keyOf(script), keep: KEPT_DUMPS };
  const dumpFolder = await cached(entry, async (folder) => {
    const [dump] = await runYosys({ yosys, script, files, outputs: [DUMP_FILE] });
    await writeFile(join(folder, DUMP_FILE), dump!);
  });
  const module = part === 'array' ? arrayModule : top;
  const tree = readModuleTree(await readFile(join(dumpFolder, DUMP_FILE), 'utf8'), module);

  // 2. The netlist of the module with the harness that its ports need.
  const { verilog, inputBits, outputBits } = makeHarness(tree.ports);
  const synthesis = netlistScript({ ...about, family: device.family });
  const key = keyOf(synthesis, [verilog]);
  const made = await cached({ kind: 'route-netlist', key, keep: KEPT_NETLISTS }, async (folder) => {
    const withHarness = new Map([...files, [HARNESS_FILE, new TextEncoder().encode(verilog)]]);
    const outputs = [NETLIST_FILE, STAT_FILE];
    const texts = await runYosys({ yosys, script: synthesis, files: withHarness, outputs });
    for (const [index, name] of outputs.entries()) {
      await writeFile(join(folder, name), texts[index]!);
    }
  });
  const cells = parseStat(await readFile(join(made, STAT_FILE), 'utf8'));
  const harness = { inputBits, outputBits };
  const file = join(made, NETLIST_FILE);
  return { tree, module, harness, cells, top: HARNESS_MODULE, key, file };
}
