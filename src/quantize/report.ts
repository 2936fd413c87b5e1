import type { Likeness } from './compare-outputs.ts';
import type { FoldedLayer } from './fold-network.ts';
import type { LoweredLayer } from './lowered.ts';
import type { Observation } from './observed.ts';
import type { QuantizeWidths } from './widths.ts';

/** The network as it stands after a pass, against the float network, on the first calibration images. */
export interface PassReport extends Likeness {
  readonly name: 'calibrate' | 'choose ranges' | 'clamp' | 'round' | 'correct' | 'freeze';
}

/** What quantizing did to one layer. */
export interface LayerReport {
  readonly name: string;
  readonly kind: LoweredLayer['kind'];
  /** Reals that the output's smallest and largest code stand for. */
  readonly range: readonly [number, number];
  /** Bits of the output's codes. */
  readonly width: number;
  /** Of an adder layer: bits of an activation as it reads it and of a weight. */
  readonly actWidth?: number;
  readonly weightWidth?: number;
  /** Of an adder layer: low bits of its input's codes that it leaves away. */
  readonly inputShift: number;
  readonly step: number;
  readonly zeroPoint: number;
  /** Share of the weights outside the input's range; they clamp without error. */
  readonly clampedShare: number;
  /** Channels whose float sums do not vary on the calibration images. */
  readonly constantChannels: number;
}

/** What quantizing did, measured on all calibration images. */
export interface QuantizeReport extends QuantizeWidths, Likeness {
  readonly images: number;
  /** Whether ranges and corrections are those that the network was fine-tuned with. */
  readonly isTrained: boolean;
  /** What each pass did, on `measuredImages` images. */
  readonly passes: readonly PassReport[];
  readonly measuredImages: number;
  /** Share of all adder weights outside their input's range. */
  readonly clampedShare: number;
  readonly layers: readonly LayerReport[];
  readonly warnings: readonly string[];
}

/** Below it a channel's sums differ by float rounding only (the official stem has one of 7.6e-15). */
const CONSTANT_VARIANCE = 1e-9;

/** Report one layer. */
export function reportLayer(
  { layer, folded, output, inputShift, widths }: FoldedLayer,
  { raw }: Observation,
): LayerReport {
  const real = (code: number) => output.step * (code - output.zeroPoint);
  const { variance } = raw.get(layer.name)!;
  return {
    name: layer.name,
    kind: layer.kind,
    range: [real(output.lowCode), real(output.highCode)],
    width: output.width,
    ...(layer.kind === 'adder' && widths),
    inputShift,
    step: output.step,
    zeroPoint: output.zeroPoint,
    clampedShare: folded.clampedShare,
    constantChannels: variance.filter((v) => v < CONSTANT_VARIANCE).length,
  };
}

/** Share of all adder weights that were clamped. */
export function clampedShare(network: readonly FoldedLayer[]): number {
  const adders = network.filter(({ layer }) => layer.kind === 'adder');
  const total = (each: (step: FoldedLayer) => number) =>
    adders.reduce((sum, a) => sum + each(a), 0);
  const weights = total(({ folded }) => folded.weights.length);
  return total(({ folded }) => folded.clampedShare * folded.weights.length) / Math.max(1, weights);
}
