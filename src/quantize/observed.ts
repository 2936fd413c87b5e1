import type { Moments } from '../kernels/moments.ts';
import type { KernelModule } from '../kernels/web-assembly.ts';
import type { LoweredNetwork } from './lowered.ts';
import type { MapCoding } from './map-coding.ts';

/** What the float network does on the calibration images. */
export interface Observation {
  /** Moments of each layer's `raw`, by layer, over all images. */
  readonly raw: ReadonlyMap<string, Moments>;
  /** Maps of the float nodes for the first `tracedCount` images, `[image, height, width, channels]`. */
  readonly traces: ReadonlyMap<string, Float32Array>;
  readonly tracedCount: number;
  /** The network's outputs for all images, `[image, output]`. */
  readonly outputs: Float32Array;
}

/** A lowered network and what it does; nothing is chosen yet. */
export interface Observed {
  readonly network: LoweredNetwork;
  readonly observation: Observation;
  readonly module: KernelModule;
}

/** How every map is stored, and how adder layers read it. */
export interface ChosenCodings {
  /** Of `input` and of every layer's output, by name. */
  readonly codings: ReadonlyMap<string, MapCoding>;
  /** `inputShift` of the adder layers, by name. */
  readonly shifts: ReadonlyMap<string, number>;
}
