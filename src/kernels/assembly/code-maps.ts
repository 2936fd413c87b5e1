/** @file Maps of integer codes: padding, pooling, and the affine post-operation. */

/** Copy a map of codes into the middle of one whose border is `border`, through the table of 256 codes at `table` unless that is 0. */
export function padCodes(
  src: usize, dst: usize, rows: i32, cols: i32, channels: i32, padding: i32, border: i32, table: usize,
): void {
  const rowBytes = cols * channels;
  const side = padding * channels;
  const paddedRow = rowBytes + 2 * side;
  memory.fill(dst, <u8>border, paddedRow * (rows + 2 * padding));
  for (let row = 0; row < rows; row++) {
    const from = src + row * rowBytes;
    const to = dst + (row + padding) * paddedRow + side;
    if (table == 0) {
      memory.copy(to, from, rowBytes);
    } else {
      for (let at = 0; at < rowBytes; at++) store<u8>(to + at, load<u8>(table + load<u8>(from + at)));
    }
  }
}

/** The same into 16-bit codes, which the products need. */
export function widenCodes(
  src: usize, dst: usize, rows: i32, cols: i32, channels: i32, padding: i32, border: i32,
): void {
  const rowCodes = cols * channels;
  const side = padding * channels;
  const paddedRow = rowCodes + 2 * side;
  const total = paddedRow * (rows + 2 * padding);
  const fill = i16x8.splat(<i16>border);
  for (let at = 0; at < total << 1; at += 16) v128.store(dst + at, fill);
  for (let row = 0; row < rows; row++) {
    const from = src + row * rowCodes;
    const to = dst + (((row + padding) * paddedRow + side) << 1);
    for (let at = 0; at < rowCodes; at++) store<u16>(to + (at << 1), <u16>load<u8>(from + at));
  }
}

/** Largest code or sum of codes under each window of a padded map; dst has a pitch of `pitch` i32 a pixel. */
export function poolCodes(
  isMax: bool, src: usize, dst: usize, outRows: i32, outCols: i32, channels: i32, pitch: i32,
  kernelRows: i32, kernelCols: i32, stride: i32, paddedCols: i32,
): void {
  for (let row = 0; row < outRows; row++) {
    for (let col = 0; col < outCols; col++) {
      const window = src + (row * stride * paddedCols + col * stride) * channels;
      for (let channel = 0; channel < channels; channel++) {
        let best = 0;
        for (let ky = 0; ky < kernelRows; ky++) {
          for (let kx = 0; kx < kernelCols; kx++) {
            const x = <i32>load<u8>(window + (ky * paddedCols + kx) * channels + channel);
            best = isMax ? max(best, x) : best + x;
          }
        }
        store<i32>(dst + (channel << 2), best);
      }
      dst += pitch << 2;
    }
  }
}

// @ts-ignore: decorator
@inline
function requantizePair(acc: v128, residual: v128, table: usize, low: v128, high: v128): v128 {
  // Integers below 2^53 all the way, so doubles are exact; see src/kernels/affine-table.ts.
  let u = f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_s(acc), v128.load(table)), v128.load(table, 16));
  u = f64x2.add(u, f64x2.mul(f64x2.convert_low_i32x4_s(residual), v128.load(table, 32)));
  const y = f64x2.floor(f64x2.mul(u, v128.load(table, 48)));
  return i32x4.trunc_sat_f64x2_s_zero(f64x2.pmin(f64x2.pmax(y, low), high));
}

/**
 * `y = saturate(floor((acc * mult + residual * residualMult + offset) * 2^-shift))`.
 *
 * `table` holds for every pair of channels mult, offset, residualMult, 2^-shift (two doubles each);
 * `residual` is a map of codes or 0. `isWide` writes i32 instead of u8.
 */
export function requantize(
  acc: usize, residual: usize, table: usize, dst: usize, pixels: i32, channels: i32, pitch: i32,
  clampLow: f64, clampHigh: f64, isWide: bool,
): void {
  const low = f64x2.splat(clampLow);
  const high = f64x2.splat(clampHigh);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const at = pixel * channels;
    // The last group may spill into the next pixel, which is written later.
    for (let channel = 0; channel < channels; channel += 4) {
      const sums = v128.load(acc + ((pixel * pitch + channel) << 2));
      let added = i32x4.splat(0);
      if (residual != 0) {
        const codes = v128.load32_zero(residual + at + channel);
        added = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(codes));
      }
      const row = table + (channel << 5);
      const y0 = requantizePair(sums, added, row, low, high);
      const y1 = requantizePair(
        v128.shuffle<i64>(sums, sums, 1, 1), v128.shuffle<i64>(added, added, 1, 1), row + 64, low, high,
      );
      const y = v128.shuffle<i64>(y0, y1, 0, 2);
      if (isWide) {
        v128.store(dst + ((at + channel) << 2), y);
      } else {
        const narrow = i16x8.narrow_i32x4_u(y, y);
        v128.store_lane<u32>(dst + at + channel, i8x16.narrow_i16x8_u(narrow, narrow), 0);
      }
    }
  }
}
