/** @file What `route` reports: plain data, printed as it is by `--json`. */
import type { Resources } from './resources.ts';

/** Which module is placed and routed. */
export type RoutedPart = 'array' | 'whole';

/** How much of one kind of place in the device is taken. */
export interface Utilization {
  readonly used: number;
  readonly available: number;
}

/** A stretch of a path inside one signal of one instance: a wire, or the bits of a carry chain. */
export interface PathStep {
  /** Name in the source of the module in which the signal lies; `null` where the tool's name tells nothing. */
  readonly module: string | null;
  /** Path of the instance below the routed module: `gen_row[4].gen_col[7].u_pe`; empty for that module itself. */
  readonly instance: string;
  readonly signal: string;
  /** Cells that the path goes through on this signal. */
  readonly cells: number;
  /** Delay up to the end of this step. */
  readonly untilNs: number;
}

/** The slowest path from register to register. */
export interface CriticalPath {
  readonly totalNs: number;
  /** Cells' share of the total; wires have the rest. */
  readonly logicNs: number;
  readonly routingNs: number;
  readonly steps: readonly PathStep[];
}

/** One run of place and route. */
export interface SeedResult {
  readonly seed: number;
  readonly fmaxMhz: number;
  /** Of the run that made the result, also when it comes from the cache. */
  readonly seconds: number;
  readonly criticalPath: CriticalPath;
}

export interface FmaxSummary {
  readonly bestMhz: number;
  readonly medianMhz: number;
  readonly worstMhz: number;
  /** Best less worst, in percent of the median. */
  readonly spreadPercent: number;
}

/** The registers between the few pins and the many ports of what is routed. */
export interface HarnessFigures {
  readonly inputBits: number;
  readonly outputBits: number;
}

export interface RouteReport {
  readonly design: string;
  readonly part: RoutedPart;
  /** Module that was routed. */
  readonly module: string;
  readonly device: string;
  readonly package: string;
  readonly speedGrade?: string;
  /** Programs and versions: `yosys 0.23 (native)` and `nextpnr-ice40 0.4-1+b1 (native)`. */
  readonly tools: readonly string[];
  readonly fmax: FmaxSummary;
  readonly seeds: readonly SeedResult[];
  /** By nextpnr's name of the place: `ICESTORM_LC`; kinds of which nothing is used are left out. */
  readonly utilization: Readonly<Record<string, Utilization>>;
  /** Cells of the netlist, the harness's registers included. */
  readonly netlist: Resources;
  readonly harness: HarnessFigures;
  /** Logic cells that an element takes after packing, the harness's registers left out; of an array on iCE40 only. */
  readonly logicCellsPerElement?: number;
  /** Slowest path of the run with the median Fmax. */
  readonly criticalPath: CriticalPath;
  readonly notes: readonly string[];
}
