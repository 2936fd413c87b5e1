/** @file Sizes of the array's variants, by synthesis: what `generator/element-table.json` is made of. */
import { completeConfig } from '../../generator/config.ts';
import type { ElementConfig } from '../../generator/element.ts';
import type { FamilyElements, MeasuredElement } from '../../generator/element-table.ts';
import { arrayDesign } from '../../generator/emit/array-design.ts';
import { findNextpnr, type Nextpnr } from '../../sim/nextpnr/find-nextpnr.ts';
import { packIce40 } from '../../sim/nextpnr/pack-ice40.ts';
import { findYosys, type Yosys, yosysTitle } from '../../sim/yosys/find-yosys.ts';
import { synthesize } from '../../sim/yosys/synthesize.ts';
import type { Progress } from '../progress.ts';
import { ELEMENT_UNITS } from '../report/element-units.ts';
import type { FamilyId } from '../report/families.ts';
import { countNetlist, round2 } from '../report/resources.ts';

/** What to measure. */
export interface MeasureRequest {
  readonly families: readonly FamilyId[];
  readonly variants: readonly ElementConfig[];
  readonly rows: number;
  readonly cols: number;
  readonly bits: number;
  readonly progress: Progress;
}

/** Measure every variant for every family. Throws issues for a missing tool. */
export async function measureElements(
  request: MeasureRequest,
): Promise<Readonly<Record<string, FamilyElements>>> {
  const { families, variants, progress } = request;
  const yosys = await findYosys('native');
  const total = families.length * variants.length;
  let done = 0;
  progress(done, total, 'syntheses');
  const measured: Record<string, FamilyElements> = {};
  for (const family of families) {
    const figures: MeasuredElement[] = [];
    const nextpnr = isIce40(family) ? await findNextpnr('ice40') : undefined;
    for (const variant of variants) {
      figures.push(await measureOne({ ...request, yosys, nextpnr, family, variant }));
      progress(++done, total, 'syntheses');
    }
    measured[family] = { ...toolsOf(family, yosys, nextpnr), variants: figures };
  }
  return measured;
}

function toolsOf(family: FamilyId, yosys: Yosys, nextpnr: Nextpnr | undefined) {
  if (!isIce40(family)) return { tool: yosysTitle(yosys), unit: ELEMENT_UNITS[family].unit };
  return { tool: `${yosysTitle(yosys)}, ${nextpnr!.title}`, unit: 'logic cell after packing' };
}

function isIce40(family: FamilyId): family is 'ice40' | 'ice40up' {
  return family === 'ice40' || family === 'ice40up';
}

async function measureOne(request: {
  readonly yosys: Yosys;
  /** For iCE40 only. */
  readonly nextpnr: Nextpnr | undefined;
  readonly family: FamilyId;
  readonly variant: ElementConfig;
  readonly rows: number;
  readonly cols: number;
  readonly bits: number;
}): Promise<MeasuredElement> {
  const { yosys, nextpnr, family, variant, rows, cols, bits } = request;
  const config = completeConfig({ rows, cols, ...variant });
  const sources = arrayDesign(config, { actWidth: bits, weightWidth: bits });
  const files = new Map(sources.map(({ path, text }) => [path, new TextEncoder().encode(text)]));
  const top = 'an_array';
  const elements = rows * cols;
  const cells = await synthesize({
    yosys,
    family,
    netlist: 'total',
    design: {
      name: top,
      top,
      arrayModule: top,
      elements,
      sources: sources.map(({ path }) => path),
      memories: [],
      files,
    },
  });
  const { lut, ff } = countNetlist(family, cells, top).total;
  const units = isIce40(family)
    ? await packIce40({ yosys, nextpnr: nextpnr!, top, files })
    : ELEMENT_UNITS[family].count({ lut, ff });
  return {
    ...variant,
    lut: round2(lut / elements),
    ff: round2(ff / elements),
    units: round2(units / elements),
  };
}
