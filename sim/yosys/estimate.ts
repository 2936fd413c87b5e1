/**
 * @file Resource estimation: three syntheses a family, and what is made of them.
 *
 * Totals come from the flattened design, since that is what is placed; the modules' figures from a second
 * synthesis that keeps the hierarchy, since a flattened LUT belongs to no module; and the array's from a
 * third in which the array module is the top. Read `estimate()` first.
 */
import type { Progress } from '../../src/progress.ts';
import type { EstimateReport, FamilyEstimate } from '../../src/report/estimate-report.ts';
import type { FamilyId } from '../../src/report/families.ts';
import { familyUse } from '../../src/report/fit.ts';
import { countModules, countNetlist, round2, sumModules } from '../../src/report/resources.ts';
import { type ModuleCells, sourceModule } from '../../src/report/stat.ts';
import { inParallel } from '../in-parallel.ts';
import { checkFamilies, chooseTools } from './choose-tools.ts';
import { type YosysKind, yosysTitle } from './find-yosys.ts';
import { readDesign, type SynthesisDesign } from './read-design.ts';
import type { Netlist } from './scripts.ts';
import { shortenMemories } from './shorten.ts';
import { synthesizeTruly } from './synthesize-truly.ts';

export interface EstimateRequest {
  readonly designDir: string;
  /** Names of families (`FAMILY_IDS`); anything else is an issue. */
  readonly families: readonly string[];
  /** Force the installed yosys or the npm package; without it the first of them that is there and can. */
  readonly tool?: YosysKind;
  readonly progress: Progress;
  /** Syntheses at once; one a core by default. */
  readonly jobs?: number;
  /** Give yosys large memories as they are, not as short images (`short-image.ts`): slower. */
  readonly wholeMemories?: boolean;
}

/** What a reader of every report must know. */
const NOTES: readonly string[] = [
  'Counted before placement, by synthesis alone: no vendor tool was run',
  'LUTs are sites; what yosys leaves out is left out here: the route-through LUTs of a carry chain’s idle bits',
  'Totals are of the flattened design; modules are of a second synthesis that keeps the hierarchy, so their sum differs from the total',
  'The array’s figures are of its module synthesized as the top, with everything inside it',
];

const SHORT_NOTE =
  'Large memories were synthesized with short images: block RAM, DSP and registers are those of the whole ones, LUTs within a few tenths of a percent';

/** In the order in which they begin: totals need to know what became of the modules' memories, arrays are fast. */
const NETLISTS = ['modules', 'total', 'array'] as const satisfies readonly Netlist[];

/**
 * Estimate a design's resources on every family asked for.
 *
 * Throws issues for an unknown family, a missing tool and a design that cannot be read; `ToolError` when
 * yosys fails. A design that fits no device is no error here: `fitIssues` says so.
 */
export async function estimate(request: EstimateRequest): Promise<EstimateReport> {
  // 1. Check what is asked for, and choose the tools.
  const families = checkFamilies(request.families);
  const design = await readDesign(request.designDir);
  const tools = await chooseTools(families, request.tool);
  const shortened = request.wholeMemories ? { design, bits: [] } : shortenMemories(design);

  // 2. Synthesize every netlist of every family.
  const jobs = NETLISTS.flatMap((netlist) => families.map((family) => ({ family, netlist })));
  const abort = new AbortController();
  let done = 0;
  request.progress(done, jobs.length, 'syntheses');
  const synthesizeJob = async ({ family, netlist }: (typeof jobs)[number]) => {
    const cells = await synthesizeTruly({
      family,
      netlist,
      design,
      shortened,
      yosys: tools.get(family)!,
      signal: abort.signal,
    });
    request.progress(++done, jobs.length, 'syntheses');
    return cells;
  };
  const results = await inParallel(jobs, synthesizeJob, request.jobs).catch((error: unknown) => {
    abort.abort();
    throw error;
  });

  // 3. Count.
  const cellsOf = (family: FamilyId, netlist: Netlist) =>
    results[jobs.findIndex((job) => job.family === family && job.netlist === netlist)]!;
  const estimates = families.map((family) => [
    family,
    countFamily({
      family,
      tool: yosysTitle(tools.get(family)!),
      design,
      total: cellsOf(family, 'total'),
      modules: cellsOf(family, 'modules'),
      array: cellsOf(family, 'array'),
    }),
  ]);
  return {
    tool: [...new Set(families.map((family) => yosysTitle(tools.get(family)!)))].join(', '),
    design: design.name,
    families: Object.fromEntries(estimates),
    notes: shortened.bits.length === 0 ? NOTES : [...NOTES, SHORT_NOTE],
  };
}

interface FamilyResults {
  readonly family: FamilyId;
  readonly tool: string;
  readonly design: SynthesisDesign;
  readonly total: ModuleCells;
  readonly modules: ModuleCells;
  readonly array: ModuleCells;
}

function countFamily(results: FamilyResults): FamilyEstimate {
  const { family, tool, design } = results;
  const { total, other } = countNetlist(family, results.total, design.top);
  const { elements, arrayModule } = design;
  const arrayTop = [...results.array.keys()].find((name) => sourceModule(name) === arrayModule);
  if (arrayTop === undefined) throw new Error(`internal: yosys lists no module "${arrayModule}"`);
  const array = countNetlist(family, results.array, arrayTop).total;
  const modules = countModules(family, results.modules, design.top);
  return {
    tool,
    total,
    modules,
    unflattened: sumModules(modules),
    array: {
      elements,
      lutPerElement: round2(array.lut / elements),
      ffPerElement: round2(array.ff / elements),
      total: array,
    },
    devices: familyUse(family, total),
    other,
  };
}
