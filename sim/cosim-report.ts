/**
 * @file What a co-simulation has to say.
 */
import type { Issue } from '../src/issues.ts';
import type { HarnessReport } from './verilator/harness-report.ts';

/** One operation of the schedule. */
export interface LayerReport {
  /** The layer's name, or `<tensor> (copy)`. */
  readonly name: string;
  /** Clock cycles an image; the highest where images differ. */
  readonly cycles: number;
  readonly plannedCycles: number;
  /** Share of the array's slots (elements times cycles) that did useful work. */
  readonly slotsBusy: number;
  /** Values compared with the golden model. */
  readonly values: number;
  readonly mismatches: number;
}

/** Where the first difference of a layer lies. */
export interface FirstMismatch {
  /** The operation's name, or `output stream`. */
  readonly layer: string;
  readonly image: number;
  readonly channel: number;
  readonly row: number;
  readonly column: number;
  readonly cycle: number;
  readonly golden: number;
  readonly rtl: number;
}

/** What a co-simulation found. */
export interface CosimReport {
  readonly images: number;
  /** Values that differ, of all layers and the output stream. */
  readonly mismatches: number;
  readonly cyclesPerImage: number;
  readonly plannedCyclesPerImage: number;
  /** Simulated clock cycles a second of one process. */
  readonly cyclesPerSecond: number;
  readonly layers: readonly LayerReport[];
  readonly valuesCompared: number;
  readonly seed: number;
  readonly stallProbability: number;
  readonly processes: number;
  readonly firstMismatch: FirstMismatch | null;
  /** Waveform around the first difference, where one was asked for and written. */
  readonly trace: string | null;
  /** Empty when the RTL equals the golden model and takes exactly the planned cycles. */
  readonly failures: readonly Issue[];
}

/** One process's share of the images. */
export interface ShardReport {
  readonly firstImage: number;
  readonly images: number;
  readonly report: HarnessReport;
}
