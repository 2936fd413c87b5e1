import type { Moments } from '../kernels/moments.ts';
import type { LoweredLayer, LoweredNetwork } from './lowered.ts';
import type { MapCoding } from './map-coding.ts';
import type { QuantizedStep } from './quantize-layer.ts';
import type { QuantizeWidths } from './widths.ts';

/** What quantizing did to one layer. */
export interface LayerReport {
  readonly name: string;
  readonly kind: LoweredLayer['kind'];
  /** Reals that the output's smallest and largest code stand for. */
  readonly range: readonly [number, number];
  /** Bits of the output's codes. */
  readonly width: number;
  /** Of an adder layer: low bits of its input's codes that it leaves away. */
  readonly inputShift: number;
  readonly step: number;
  readonly zeroPoint: number;
  /** Share of the weights outside the input's range; they clamp without error. */
  readonly clampedShare: number;
  /** Channels whose float sums do not vary on the calibration images. */
  readonly constantChannels: number;
}

/** What quantizing did, measured on the calibration images. */
export interface QuantizeReport extends QuantizeWidths {
  readonly images: number;
  /** Whether ranges and corrections are those that the network was fine-tuned with. */
  readonly isTrained: boolean;
  /** Percent of the images on which both networks have the same largest output. */
  readonly agreement: number;
  readonly layers: readonly LayerReport[];
  readonly warnings: readonly string[];
}

/** Report one layer. */
export function reportLayer(
  layer: LoweredLayer,
  { layer: quantized, folded }: QuantizedStep,
  { coding, raw }: { readonly coding: MapCoding; readonly raw: Moments },
): LayerReport {
  const real = (code: number) => coding.step * (code - coding.zeroPoint);
  return {
    name: layer.name,
    kind: layer.kind,
    range: [real(coding.lowCode), real(coding.highCode)],
    width: coding.width,
    inputShift: 'inputShift' in quantized ? quantized.inputShift : 0,
    step: coding.step,
    zeroPoint: coding.zeroPoint,
    clampedShare: folded.clampedShare,
    constantChannels: raw.variance.filter((variance) => variance < CONSTANT_VARIANCE).length,
  };
}

/** Below it a channel's sums differ by float rounding only (the official stem has one of 7.6e-15). */
const CONSTANT_VARIANCE = 1e-9;

/** Say what the user should know: channels without information, layers that are hard to scale. */
export function warningsOf(network: LoweredNetwork, reports: readonly LayerReport[]): string[] {
  const constant = reports.flatMap(({ name, constantChannels }, i) =>
    constantChannels > 0
      ? [
          `Layer "${name}" has channels that are the same on all images: ${constantChannels} of ${network.layers[i].outputShape[2]}`,
        ]
      : [],
  );
  const unnormalized = network.layers.flatMap(({ name, kind, hasBatchNorm }) =>
    kind === 'adder' && !hasBatchNorm
      ? [
          `Adder layer "${name}" has no batch normalization behind it: its sums are scaled as they are`,
        ]
      : [],
  );
  return [...constant, ...unnormalized];
}
