import type { LoweredLayer } from './lowered.ts';
import type { MapCoding } from './map-coding.ts';
import type { Reading } from './match-moments.ts';

/** A layer's affine step in codes of its output, a channel: `y = gain * acc + base + residualGain * (r - zero)`. */
export interface AffineGains {
  readonly gain: Float64Array;
  readonly base: Float64Array;
  readonly residualGain: Float64Array;
}

/** Put together how an accumulator reads as a real, what the float network does with it, and how the result is coded. */
export function affineGains({
  layer,
  reading,
  output,
  residual,
}: {
  readonly layer: LoweredLayer;
  readonly reading: Reading;
  readonly output: MapCoding;
  readonly residual?: MapCoding | undefined;
}): AffineGains {
  const { scale, offset } = layer;
  const { step, zeroPoint } = output;
  return {
    gain: scale.map((s, c) => (s * reading.unit[c]) / step),
    base: scale.map((s, c) => (s * reading.constant[c] + offset[c]) / step + zeroPoint),
    residualGain: scale.map((_, c) =>
      residual ? (layer.residual!.scale[c] * residual.step) / step : 0,
    ),
  };
}
