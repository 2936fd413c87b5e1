/** @file From counted cells to resources: of a whole netlist, and of each source module. */
import { cellCost } from './cells.ts';
import type { FamilyId } from './families.ts';
import { type CellCounts, countInstances, type ModuleCells, sourceModule } from './stat.ts';

/** Figures in the units of the family (`FAMILIES`); `dsp` and `bram` may be fractions of a block. */
export interface Resources {
  readonly lut: number;
  readonly ff: number;
  readonly carry: number;
  readonly dsp: number;
  readonly bram: number;
}

export const RESOURCE_KEYS = ['lut', 'ff', 'carry', 'dsp', 'bram'] as const;

/** Resources of one source module's own cells, without its submodules', over all its instances. */
export interface ModuleResources extends Resources {
  readonly instances: number;
}

export interface CountedCells {
  readonly total: Resources;
  /** Cells that no rule of the family knows: they are in no figure, and the report says so. */
  readonly other: CellCounts;
}

/** Add up what the cells take. */
export function countCells(family: FamilyId, cells: CellCounts): CountedCells {
  const sum = { lut: 0, ff: 0, carry: 0, dsp: 0, bram: 0 };
  const other: Record<string, number> = {};
  for (const [type, count] of Object.entries(cells)) {
    const cost = cellCost(family, type);
    if (cost === undefined) other[type] = count;
    else for (const key of RESOURCE_KEYS) sum[key] += (cost[key] ?? 0) * count;
  }
  // Thirds of a DSP block are the only figures that are not exact.
  return { total: { ...sum, dsp: round2(sum.dsp) }, other };
}

/**
 * Resources by source module of a netlist that kept its hierarchy.
 *
 * Variants of a module that differ in parameters only are added up under its name in the source, so the
 * modules' figures sum to the netlist's.
 */
export function countModules(
  family: FamilyId,
  modules: ModuleCells,
  top: string,
): Readonly<Record<string, ModuleResources>> {
  const cells = new Map<string, { instances: number; own: Record<string, number> }>();
  for (const [name, instances] of countInstances(modules, top)) {
    const source = sourceModule(name);
    const entry = cells.get(source) ?? { instances: 0, own: {} };
    cells.set(source, entry);
    entry.instances += instances;
    for (const [type, count] of Object.entries(modules.get(name)!)) {
      if (!modules.has(type)) entry.own[type] = (entry.own[type] ?? 0) + count * instances;
    }
  }
  return Object.fromEntries(
    [...cells]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { instances, own }]) => [name, { instances, ...countCells(family, own).total }]),
  );
}

/** Add up what the cells of everything under `top` take. */
export function countNetlist(family: FamilyId, modules: ModuleCells, top: string): CountedCells {
  const all: Record<string, number> = {};
  for (const [name, instances] of countInstances(modules, top)) {
    for (const [type, count] of Object.entries(modules.get(name)!)) {
      if (!modules.has(type)) all[type] = (all[type] ?? 0) + count * instances;
    }
  }
  return countCells(family, all);
}

/** Resources of all modules together. */
export function sumModules(modules: Readonly<Record<string, Resources>>): Resources {
  const sum = { lut: 0, ff: 0, carry: 0, dsp: 0, bram: 0 };
  for (const module of Object.values(modules)) {
    for (const key of RESOURCE_KEYS) sum[key] += module[key];
  }
  return { ...sum, dsp: round2(sum.dsp) };
}

/** Two decimals are what a report shows. */
export function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
