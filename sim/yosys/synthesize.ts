import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FamilyId } from '../../src/report/families.ts';
import { type ModuleCells, parseStat } from '../../src/report/stat.ts';
import { cached, hashOf } from '../cache.ts';
import type { Yosys } from './find-yosys.ts';
import type { SynthesisDesign } from './read-design.ts';
import { runYosys } from './run-yosys.ts';
import { type Netlist, STAT_FILE, synthesisScript } from './scripts.ts';

export interface SynthesisRequest {
  readonly yosys: Yosys;
  readonly family: FamilyId;
  readonly netlist: Netlist;
  readonly design: SynthesisDesign;
  readonly signal?: AbortSignal;
}

/** Results kept in the cache: a few kilobytes each. */
const KEPT_RESULTS = 1000;

/** Synthesize one netlist and give its cells; from the cache where yosys, script and files are the same. */
export async function synthesize(request: SynthesisRequest): Promise<ModuleCells> {
  const { yosys, family, netlist, design, signal } = request;
  const { top, arrayModule, sources, files } = design;
  const script = synthesisScript({ family, netlist, top, arrayModule, sources });
  const key = hashOf([yosys.kind, yosys.banner, script, ...[...files].flat()]);
  const folder = await cached({ kind: 'yosys', key, keep: KEPT_RESULTS }, async (target) => {
    const run = { yosys, script, files, outputs: [STAT_FILE], ...(signal ? { signal } : {}) };
    const [stat] = await runYosys(run);
    parseStat(stat!);
    await writeFile(join(target, STAT_FILE), stat!);
  });
  return parseStat(await readFile(join(folder, STAT_FILE), 'utf8'));
}
