import type { FamilyId } from './families.ts';

/** What logic a family runs out of, and how much of it LUTs and registers take together at least. */
export interface ElementUnit {
  readonly unit: string;
  readonly count: (figures: { readonly lut: number; readonly ff: number }) => number;
}

const slices: ElementUnit = {
  unit: 'slice (4 LUT, 8 FF)',
  count: ({ lut, ff }) => Math.max(lut / 4, ff / 8),
};

/** A register takes a LUT's output or, by its own input, stands beside an unrelated LUT. */
const sites: ElementUnit = {
  unit: 'LUT4 site with its register',
  count: ({ lut, ff }) => Math.max(lut, ff),
};

/** Half an ALM has a LUT of up to 5 inputs and two registers. */
const halves: ElementUnit = {
  unit: 'half ALM',
  count: ({ lut, ff }) => Math.max(lut, ff / 2),
};

/** iCE40 is counted after packing (`sim/nextpnr/pack-ice40.ts`): a register needs the cell of its LUT. */
export const ELEMENT_UNITS: Readonly<Record<Exclude<FamilyId, 'ice40' | 'ice40up'>, ElementUnit>> =
  {
    xc7: slices,
    xcup: slices,
    ecp5: sites,
    gowin: sites,
    nexus: sites,
    cyclonev: halves,
  };
