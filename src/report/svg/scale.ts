/** From values to coordinates. */
export interface Scale {
  readonly at: (value: number) => number;
  /** Values to write at the axis. */
  readonly ticks: readonly number[];
}

/** Ends of the values and of the coordinates. */
export interface Span {
  readonly values: readonly [number, number];
  readonly coordinates: readonly [number, number];
}

/** Values lie evenly; ticks at 1, 2 or 5 times a power of ten, about four of them. */
export function linearScale({ values: [low, high], coordinates: [from, to] }: Span): Scale {
  const range = high - low || 1;
  const power = 10 ** Math.floor(Math.log10(range / 4));
  const step = power * ([1, 2, 5].find((factor) => range / (factor * power) <= 5) ?? 10);
  const first = Math.ceil(low / step);
  const count = Math.floor((low + range) / step) - first + 1;
  return {
    at: (value) => from + ((value - low) / range) * (to - from),
    ticks: Array.from({ length: count }, (_, i) => (first + i) * step),
  };
}

/** Powers of ten lie evenly; the ends are moved out to powers of ten, at most about six of which are ticks. */
export function logScale({ values: [low, high], coordinates: [from, to] }: Span): Scale {
  const first = Math.floor(Math.log10(low));
  const last = Math.max(first + 1, Math.ceil(Math.log10(high)));
  const step = Math.ceil((last - first) / 6);
  return {
    at: (value) => from + ((Math.log10(value) - first) / (last - first)) * (to - from),
    ticks: Array.from(
      { length: Math.floor((last - first) / step) + 1 },
      (_, i) => 10 ** (first + i * step),
    ),
  };
}

/** A tick's value in few characters. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  if (value !== 0 && (size >= 1e5 || size < 1e-3)) return value.toExponential(0).replace('+', '');
  return String(Number(value.toPrecision(4)));
}
