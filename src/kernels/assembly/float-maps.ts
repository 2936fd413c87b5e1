/** @file Float maps: padding, per-channel affine, rectifier, sum, pooling. */

/** Copy a map into the middle of a larger one whose border is `value`. */
export function padFloat(
  src: usize, dst: usize, rows: i32, cols: i32, channels: i32, padding: i32, value: f32,
): void {
  const rowBytes = (cols * channels) << 2;
  const side = (padding * channels) << 2;
  const paddedRow = rowBytes + 2 * side;
  const total = paddedRow * (rows + 2 * padding);
  const fill = f32x4.splat(value);
  for (let at = 0; at < total; at += 16) v128.store(dst + at, fill);
  for (let row = 0; row < rows; row++) {
    memory.copy(dst + (row + padding) * paddedRow + side, src + row * rowBytes, rowBytes);
  }
}

/** Drop the lanes beyond the last channel: a pitch of `pitch` floats becomes `channels`. */
export function compactFloat(src: usize, dst: usize, pixels: i32, channels: i32, pitch: i32): void {
  for (let pixel = 0; pixel < pixels; pixel++) {
    memory.copy(dst + ((pixel * channels) << 2), src + ((pixel * pitch) << 2), channels << 2);
  }
}

/**
 * `y = (x - mean[c]) * scale[c] + offset[c]`; the tables follow each other, `tablePitch` bytes apart.
 * The mean is subtracted first: means reach -3221 where the deviation is 2. Not in place: see the spill.
 */
export function affineFloat(
  src: usize, dst: usize, tables: usize, tablePitch: i32, pixels: i32, channels: i32,
): void {
  for (let pixel = 0; pixel < pixels; pixel++) {
    const base = (pixel * channels) << 2;
    // The last vector may spill into the next pixel, which is written later.
    for (let at = 0; at < channels << 2; at += 16) {
      const mean = v128.load(tables + at);
      const scale = v128.load(tables + tablePitch + at);
      const offset = v128.load(tables + 2 * tablePitch + at);
      const x = f32x4.sub(v128.load(src + base + at), mean);
      v128.store(dst + base + at, f32x4.add(f32x4.mul(x, scale), offset));
    }
  }
}

/** `y = max(x, 0)`. */
export function reluFloat(src: usize, dst: usize, count: i32): void {
  const zero = f32x4.splat(0);
  for (let at = 0; at < count << 2; at += 16) {
    v128.store(dst + at, f32x4.pmax(v128.load(src + at), zero));
  }
}

/** `y = a + b`. */
export function addFloat(a: usize, b: usize, dst: usize, count: i32): void {
  for (let at = 0; at < count << 2; at += 16) {
    v128.store(dst + at, f32x4.add(v128.load(a + at), v128.load(b + at)));
  }
}

/** Largest or mean value of each `size` x `size` window of a padded map. */
export function poolFloat(
  isMax: bool, src: usize, dst: usize, outRows: i32, outCols: i32, channels: i32,
  size: i32, stride: i32, paddedCols: i32,
): void {
  const divisor = f32x4.splat(<f32>(size * size));
  const pixelBytes = channels << 2;
  for (let row = 0; row < outRows; row++) {
    for (let col = 0; col < outCols; col++) {
      const window = src + (row * stride * paddedCols + col * stride) * pixelBytes;
      const out = dst + (row * outCols + col) * pixelBytes;
      for (let at = 0; at < pixelBytes; at += 16) {
        let best = f32x4.splat(isMax ? -Infinity : 0);
        for (let ky = 0; ky < size; ky++) {
          for (let kx = 0; kx < size; kx++) {
            const x = v128.load(window + (ky * paddedCols + kx) * pixelBytes + at);
            best = isMax ? f32x4.pmax(best, x) : f32x4.add(best, x);
          }
        }
        v128.store(out + at, isMax ? best : f32x4.div(best, divisor));
      }
    }
  }
}
