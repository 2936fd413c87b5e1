/**
 * @file The last rounding: real constants of a layer become the integers of `Affine` and `Residual`.
 */
import type { Issue } from '../issues.ts';
import { affineGains } from './affine-gains.ts';
import type { LoweredLayer } from './lowered.ts';
import type { MapCoding } from './map-coding.ts';
import type { Reading } from './match-moments.ts';
import type { Affine, Residual } from './types.ts';

const MULT_LIMIT = 2 ** 15;
const RESIDUAL_MULT_LIMIT = 2 ** 23;
const LARGEST_SHIFT = 22;
/** `u` must stay an exact double and well below the 52 bits that rounding may use. */
const SUM_LIMIT = 2 ** 50;

/** Everything a layer's constants are made of. */
export interface FreezeInputs {
  readonly layer: LoweredLayer;
  readonly reading: Reading;
  /** The accumulator that each channel is centred on, where `u` is exact. */
  readonly centre: Int32Array;
  /** The largest magnitude of an accumulator. */
  readonly largestAcc: number;
  readonly output: MapCoding;
  /** Coding of the residual's map, where the layer has one. */
  readonly residual?: MapCoding | undefined;
}

export interface FrozenConstants {
  readonly affine: Affine;
  readonly residual?: Residual;
}

/**
 * Round a layer's constants.
 *
 * In codes of the output, `y = gain * acc + base + residualGain * (r - zero)`. Every channel takes the
 * largest shift at which both multipliers fit: their rounding acts on deviations from `centre` only,
 * the rest is in the bias. Throws nothing: constants out of reach are added to `issues`.
 */
export function freezeAffine(inputs: FreezeInputs, issues: Issue[]): FrozenConstants {
  const { layer, centre, largestAcc } = inputs;
  const channels = layer.outputShape[2];
  const mult = new Int32Array(channels);
  const shift = new Uint8Array(channels);
  const bias = new Float64Array(channels);
  const residualMult = new Int32Array(channels);
  const gains = affineGains(inputs);
  for (let c = 0; c < channels; c++) {
    const [gain, base, residualGain] = [gains.gain[c], gains.base[c], gains.residualGain[c]];
    shift[c] = largestShift(gain, residualGain);
    const one = 2 ** shift[c];
    mult[c] = Math.round(gain * one);
    residualMult[c] = Math.round(residualGain * one);
    bias[c] = Math.round((gain * centre[c] + base) * one);
    const largestSum =
      (largestAcc + Math.abs(centre[c])) * Math.abs(gain * one) +
      (inputs.residual?.highCode ?? 0) * Math.abs(residualGain * one) +
      Math.abs(bias[c]);
    const fits =
      Math.abs(mult[c]) < MULT_LIMIT &&
      Math.abs(residualMult[c]) < RESIDUAL_MULT_LIMIT &&
      largestSum < SUM_LIMIT;
    if (!fits) issues.push(outOfReach(layer.name, c, { gain, residualGain, base }));
  }
  return {
    affine: { mean: centre, mult, shift, bias },
    ...(inputs.residual && {
      residual: {
        input: layer.residual!.input,
        zeroPoint: inputs.residual.zeroPoint,
        mult: residualMult,
      },
    }),
  };
}

/** The largest shift at which both multipliers fit; 0 if there is none. */
function largestShift(gain: number, residualGain: number): number {
  let shift = LARGEST_SHIFT;
  const fits = () =>
    Math.round(Math.abs(gain) * 2 ** shift) < MULT_LIMIT &&
    Math.round(Math.abs(residualGain) * 2 ** shift) < RESIDUAL_MULT_LIMIT;
  while (shift > 0 && !fits()) shift--;
  return shift;
}

function outOfReach(
  name: string,
  c: number,
  { gain, residualGain, base }: Readonly<Record<'gain' | 'residualGain' | 'base', number>>,
): Issue {
  const print = (v: number) => v.toPrecision(4);
  return {
    problem: `Cannot quantize layer "${name}": channel ${c} needs a gain of ${print(gain)} (residual ${print(residualGain)}, offset ${print(base)}) in output codes, 32767 (8388607) is the largest`,
    remedy: 'Check the batch normalization behind it: a tiny variance or a huge gamma does this',
  };
}
