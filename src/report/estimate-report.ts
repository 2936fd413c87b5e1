/** @file What `estimate` reports: plain data, printed as it is by `--json`. */
import type { FamilyId } from './families.ts';
import type { DeviceUse } from './fit.ts';
import type { ModuleResources, Resources } from './resources.ts';
import type { CellCounts } from './stat.ts';

/** The array module, synthesized by itself with the design's parameters and everything inside it. */
export interface ArrayFigures {
  /** Rows times columns. */
  readonly elements: number;
  readonly lutPerElement: number;
  readonly ffPerElement: number;
  readonly total: Resources;
}

export interface FamilyEstimate {
  /** Program and version that made these figures. */
  readonly tool: string;
  /** Of the flattened design: what a place-and-route tool would be given. */
  readonly total: Resources;
  /**
   * By source module, of a second synthesis that kept the hierarchy: a flattened LUT belongs to no module.
   * Own cells without submodules', over all instances; they sum to `unflattened`.
   */
  readonly modules: Readonly<Record<string, ModuleResources>>;
  readonly unflattened: Resources;
  readonly array: ArrayFigures;
  /** Percent of every known device of the family, by the device's name. */
  readonly devices: Readonly<Record<string, DeviceUse>>;
  /** Cells of the flattened design that no figure contains. */
  readonly other: CellCounts;
}

export interface EstimateReport {
  /** Programs and versions, for example `yosys 0.23 (native)`. */
  readonly tool: string;
  readonly design: string;
  readonly families: Readonly<Partial<Record<FamilyId, FamilyEstimate>>>;
  /** What a reader of the figures must know. */
  readonly notes: readonly string[];
}
