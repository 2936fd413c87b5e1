/** Greatest common divisor of two positive integers. */
export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** Bits of an unsigned register that holds `0 .. max`; at least one. */
export function unsignedWidth(max: number): number {
  let width = 1;
  while (2 ** width <= max) width++;
  return width;
}

/** Bits of a two's complement register that holds `low .. high`; at least two, so that a sign has a bit beside it. */
export function signedWidth(low: number, high: number): number {
  let width = 2;
  while (-(2 ** (width - 1)) > low || 2 ** (width - 1) - 1 < high) width++;
  return width;
}
