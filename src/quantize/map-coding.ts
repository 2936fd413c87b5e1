/**
 * @file How a map's reals become codes: `code = clamp(round(x / step) + zeroPoint)`, `x ~ step * (code - zeroPoint)`.
 */
import { saturate } from '../fixed/round.ts';

/** A range of reals; it holds zero, so that zero has a code of its own. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** One scale and one zero point for a whole map. */
export interface MapCoding {
  readonly step: number;
  /** Bits of a code. */
  readonly width: number;
  readonly zeroPoint: number;
  /** Smallest and largest code. */
  readonly lowCode: number;
  readonly highCode: number;
}

/** Bits of the network's output codes, which are signed. */
export const OUTPUT_WIDTH = 16;

/** Spread `2^width` unsigned codes over a range. A range of nothing but zero gets steps of 1. */
export function codingOf({ low, high }: Range, width: number, zeroMultiple = 1): MapCoding {
  const highCode = 2 ** width - 1;
  const step = high > low ? (high - low) / highCode : 1;
  const zeroPoint = zeroMultiple * Math.round((0 - low) / step / zeroMultiple);
  return {
    step,
    width,
    zeroPoint: Math.min(zeroPoint, highCode + 1 - zeroMultiple),
    lowCode: 0,
    highCode,
  };
}

/** A map's coding as an adder layer sees it: the upper bits, saturated. */
export function operandCoding(coding: MapCoding, inputShift: number, actWidth: number): MapCoding {
  return {
    step: coding.step * 2 ** inputShift,
    width: actWidth,
    zeroPoint: coding.zeroPoint / 2 ** inputShift,
    lowCode: 0,
    highCode: 2 ** actWidth - 1,
  };
}

/** Code the network's outputs on one signed scale, with room for four times the largest one seen. */
export function outputCoding(largest: number): MapCoding {
  const highCode = 2 ** (OUTPUT_WIDTH - 1) - 1;
  const step = largest > 0 ? (4 * largest) / highCode : 1;
  return { step, width: OUTPUT_WIDTH, zeroPoint: 0, lowCode: -highCode - 1, highCode };
}

/** Code a map of reals. */
export function encode(map: Float32Array, coding: MapCoding): Uint8Array {
  const { step, zeroPoint, lowCode, highCode } = coding;
  const codes = new Uint8Array(map.length);
  for (let i = 0; i < map.length; i++) {
    const code = Math.round(map[i] / step) + zeroPoint;
    codes[i] = saturate(code, lowCode, highCode);
  }
  return codes;
}
