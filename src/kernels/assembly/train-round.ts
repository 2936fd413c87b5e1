/** @file Fake quantization: rounding to a grid and its straight-through gradient, one walk over memory each. */

// @ts-ignore: decorator
@inline
function halfUp(x: v128): v128 {
  return f32x4.floor(f32x4.add(x, f32x4.splat(0.5)));
}

/**
 * `y = clamp(round(round(x / scale) / coarse), low, high) * unit`, halves upwards as the hardware rounds.
 *
 * `coarse` is a power of two, so the inner result is a whole number and its division is exact. Both maps have `count`
 * floats.
 */
export function roundForward(
  x: usize, y: usize, count: i32, scale: f32, coarse: f32, low: f32, high: f32, unit: f32,
): void {
  const step = f32x4.splat(scale);
  const finer = f32x4.splat(1 / coarse);
  const lowest = f32x4.splat(low);
  const highest = f32x4.splat(high);
  const size = f32x4.splat(unit);
  const whole = (count & ~3) << 2;
  for (let at = 0; at < whole; at += 16) {
    const code = halfUp(f32x4.div(v128.load(x + at), step));
    const read = halfUp(f32x4.mul(code, finer));
    v128.store(y + at, f32x4.mul(f32x4.min(f32x4.max(read, lowest), highest), size));
  }
  for (let at = whole; at < count << 2; at += 4) {
    const code: f32 = floor(load<f32>(x + at) / scale + 0.5);
    const read: f32 = floor(code / coarse + 0.5);
    store<f32>(y + at, min(max(read, low), high) * unit);
  }
}

/** `dx = slope * dy` where `low <= x <= high`, else 0. */
export function roundBackward(
  x: usize, dy: usize, dx: usize, count: i32, low: f32, high: f32, slope: f32,
): void {
  const factor = f32x4.splat(slope);
  const lowest = f32x4.splat(low);
  const highest = f32x4.splat(high);
  const whole = (count & ~3) << 2;
  for (let at = 0; at < whole; at += 16) {
    const place = v128.load(x + at);
    const inside = v128.and(f32x4.ge(place, lowest), f32x4.le(place, highest));
    v128.store(dx + at, v128.and(f32x4.mul(v128.load(dy + at), factor), inside));
  }
  for (let at = whole; at < count << 2; at += 4) {
    const place = load<f32>(x + at);
    store<f32>(dx + at, place >= low && place <= high ? slope * load<f32>(dy + at) : 0);
  }
}
