/**
 * @file Walks over maps with something of each channel's own, in full vectors whatever the number of channels:
 * 1, 2 or 4 pixels count as one wider pixel whose "lanes" are a multiple of four.
 */

/** Pixels that make up a multiple of four lanes. */
// @ts-ignore: decorator
@inline
export function pixelsTogether(channels: i32): i32 {
  return (channels & 3) == 0 ? 1 : (channels & 1) == 0 ? 2 : 4;
}

/** Add four floats to four doubles. */
// @ts-ignore: decorator
@inline
export function addDoubles(dst: usize, sum: v128): void {
  v128.store(dst, f64x2.add(v128.load(dst), f64x2.promote_low_f32x4(sum)));
  const high = f64x2.promote_low_f32x4(v128.shuffle<i64>(sum, sum, 1, 1));
  v128.store(dst, f64x2.add(v128.load(dst, 16), high), 16);
}

/** Sum of a table over the pixels that count as one, for a channel. */
export function foldLanes(table: usize, lanes: i32, channels: i32, channel: i32): f64 {
  let sum: f64 = 0;
  for (let lane = channel; lane < lanes; lane += channels) sum += load<f64>(table + (lane << 3));
  return sum;
}

/** Store a float in each of a channel's lanes. */
export function spread(table: usize, lanes: i32, channels: i32, channel: i32, value: f32): void {
  for (let lane = channel; lane < lanes; lane += channels) store<f32>(table + (lane << 2), value);
}

/** `y = (x - shift) * scale + offset` for every pixel; the three are tables of `channels * pixelsTogether(channels)` floats. */
export function affineOfLanes(
  x: usize, shift: usize, scale: usize, offset: usize, y: usize, pixels: i32, channels: i32,
): void {
  const together = pixelsTogether(channels);
  const lanes = channels * together;
  const wide = pixels / together;
  const pitch = lanes << 2;
  for (let pixel = 0; pixel < wide; pixel++) {
    const base = pixel * pitch;
    for (let lane = 0; lane < pitch; lane += 16) {
      const d = f32x4.sub(v128.load(x + base + lane), v128.load(shift + lane));
      v128.store(y + base + lane, f32x4.add(f32x4.mul(d, v128.load(scale + lane)), v128.load(offset + lane)));
    }
  }
  for (let at = wide * lanes; at < pixels * channels; at++) {
    const c = (at % channels) << 2;
    const d = load<f32>(x + (at << 2)) - load<f32>(shift + c);
    store<f32>(y + (at << 2), d * load<f32>(scale + c) + load<f32>(offset + c));
  }
}
