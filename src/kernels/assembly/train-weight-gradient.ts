/**
 * @file Gradients of a convolution's weights.
 *
 * The full-precision gradient of an adder layer needs no differences (eq 5, exact):
 *
 *     dF = sum over pixels of (X - F) * dY = sum X * dY - F * sum dY
 *
 * Its first part is the weight gradient of an ordinary convolution, its last sum one number a channel. The sign
 * gradient (eq 4) is `dF = sum sgn(X - F) * dY`.
 *
 * Four taps times eight channels of dF stay in registers for a run of pixels; runs are added up in memory, which
 * also keeps the rounding small.
 */
import {
  clearMaps, groupImages, images, inChannels, kernelCols, kernelRows, mapCols, outChannels, outCols, outRows,
  sourceMaps, storeEight, sumSection, tableSection, weightSection, windowTable,
} from './train-shape';

/** Pixels whose windows and gradients stay in the first cache. */
const RUN_PIXELS: i32 = 128;

/** Offsets of the taps within a window, bytes; the last is repeated to a multiple of four. */
function tapTable(r: usize, dst: usize): void {
  const channels = inChannels(r);
  const taps = kernelRows(r) * kernelCols(r) * channels;
  const rowTaps = kernelCols(r) * channels;
  for (let k = 0; k < (taps + 3) >> 2 << 2; k++) {
    const tap = min(k, taps - 1);
    const row = tap / rowTaps;
    store<i32>(dst + (k << 2), (row * mapCols(r) * channels + tap - row * rowTaps) << 2);
  }
}

/** Add eight lanes to what lies at `dst`. */
// @ts-ignore: decorator
@inline
function addEight(dst: usize, low: v128, high: v128): void {
  v128.store(dst, f32x4.add(v128.load(dst), low));
  v128.store(dst, f32x4.add(v128.load(dst, 16), high), 16);
}

// @ts-ignore: decorator
@inline
function productTerm(sum: v128, x: v128, dy: v128): v128 {
  return f32x4.add(sum, f32x4.mul(x, dy));
}

/** `total[tap][channel] += sum x * dy` over a run; `total` has a pitch of whole blocks of eight channels. */
function productRun(
  src: usize, dy: usize, table: usize, pixels: i32, tapOffsets: usize, taps: i32, channels: i32, total: usize,
): void {
  const pitch = ((channels + 7) >> 3) << 5;
  const dyPitch = channels << 2;
  const zero = f32x4.splat(0);
  const tableEnd = table + (pixels << 2);
  for (let tap = 0; tap < taps; tap += 4) {
    const base0 = src + load<i32>(tapOffsets + (tap << 2));
    const base1 = src + load<i32>(tapOffsets + (tap << 2), 4);
    const base2 = src + load<i32>(tapOffsets + (tap << 2), 8);
    const base3 = src + load<i32>(tapOffsets + (tap << 2), 12);
    for (let block = 0; block < pitch; block += 32) {
      let g = dy + block;
      let a0 = zero, a1 = zero, b0 = zero, b1 = zero, c0 = zero, c1 = zero, d0 = zero, d1 = zero;
      for (let at = table; at < tableEnd; at += 4) {
        const offset = <usize>load<i32>(at);
        const g0 = v128.load(g);
        const g1 = v128.load(g, 16);
        const xa = v128.load_splat<f32>(base0 + offset);
        a0 = productTerm(a0, xa, g0);
        a1 = productTerm(a1, xa, g1);
        const xb = v128.load_splat<f32>(base1 + offset);
        b0 = productTerm(b0, xb, g0);
        b1 = productTerm(b1, xb, g1);
        const xc = v128.load_splat<f32>(base2 + offset);
        c0 = productTerm(c0, xc, g0);
        c1 = productTerm(c1, xc, g1);
        const xd = v128.load_splat<f32>(base3 + offset);
        d0 = productTerm(d0, xd, g0);
        d1 = productTerm(d1, xd, g1);
        g += dyPitch;
      }
      const out = total + tap * pitch + block;
      addEight(out, a0, a1);
      addEight(out + pitch, b0, b1);
      addEight(out + 2 * pitch, c0, c1);
      addEight(out + 3 * pitch, d0, d1);
    }
  }
}

// @ts-ignore: decorator
@inline
function signTerm(sum: v128, x: v128, w: v128, dy: v128): v128 {
  const above = v128.and(dy, f32x4.gt(x, w));
  const below = v128.and(dy, f32x4.lt(x, w));
  return f32x4.add(sum, f32x4.sub(above, below));
}

/** `total[tap][channel] += sum sgn(x - f) * dy` over a run; `packed` are the weights in the layout of `total`. */
function signRun(
  src: usize, dy: usize, table: usize, pixels: i32, tapOffsets: usize, taps: i32, channels: i32,
  packed: usize, total: usize,
): void {
  const pitch = ((channels + 7) >> 3) << 5;
  const dyPitch = channels << 2;
  const zero = f32x4.splat(0);
  const tableEnd = table + (pixels << 2);
  for (let tap = 0; tap < taps; tap += 2) {
    const base0 = src + load<i32>(tapOffsets + (tap << 2));
    const base1 = src + load<i32>(tapOffsets + (tap << 2), 4);
    for (let block = 0; block < pitch; block += 32) {
      const w = packed + tap * pitch + block;
      const wa0 = v128.load(w), wa1 = v128.load(w, 16);
      const wb0 = v128.load(w + pitch), wb1 = v128.load(w + pitch, 16);
      let g = dy + block;
      let a0 = zero, a1 = zero, b0 = zero, b1 = zero;
      for (let at = table; at < tableEnd; at += 4) {
        const offset = <usize>load<i32>(at);
        const g0 = v128.load(g);
        const g1 = v128.load(g, 16);
        const xa = v128.load_splat<f32>(base0 + offset);
        a0 = signTerm(a0, xa, wa0, g0);
        a1 = signTerm(a1, xa, wa1, g1);
        const xb = v128.load_splat<f32>(base1 + offset);
        b0 = signTerm(b0, xb, wb0, g0);
        b1 = signTerm(b1, xb, wb1, g1);
        g += dyPitch;
      }
      const out = total + tap * pitch + block;
      addEight(out, a0, a1);
      addEight(out + pitch, b0, b1);
    }
  }
}

/** `sums[channel] += sum dy` over a run. */
function addGradients(dy: usize, pixels: i32, channels: i32, sums: usize): void {
  const end = dy + ((pixels * channels) << 2);
  for (let block = 0; block < channels << 2; block += 32) {
    let low = f32x4.splat(0), high = f32x4.splat(0);
    for (let g = dy + block; g < end; g += channels << 2) {
      low = f32x4.add(low, v128.load(g));
      high = f32x4.add(high, v128.load(g, 16));
    }
    addEight(sums + block, low, high);
  }
}

/** Copy `[taps][channels]` to a pitch of whole blocks of eight channels. */
function widen(f: usize, dst: usize, taps: i32, channels: i32): void {
  const pitch = ((channels + 7) >> 3) << 5;
  for (let tap = 0; tap < taps; tap++) memory.copy(dst + tap * pitch, f + ((tap * channels) << 2), channels << 2);
}

// Kinds of weight gradient, as in src/train/ops/adder-kernels.ts.
const PRODUCT: i32 = 0;
const FULL: i32 = 1;
const SIGN: i32 = 2;

/**
 * Gradient of HWIO weights: `kind` 0 the product's, 1 an adder's in full precision (eq 5), 2 its sign (eq 4).
 *
 * The record's weight section holds the totals and then, for the sign, the weights in the same layout; its sum section
 * holds the sums of dY and then the offsets of the taps.
 */
export function weightGradient(r: usize, kind: i32, x: usize, f: usize, dy: usize, df: usize): void {
  const channels = outChannels(r);
  const pitch = ((channels + 7) >> 3) << 5;
  const taps = kernelRows(r) * kernelCols(r) * inChannels(r);
  const total = weightSection(r);
  const totalBytes = ((taps + 3) >> 2 << 2) * pitch;
  const sums = sumSection(r);
  const tapOffsets = sums + pitch;
  const imagePixels = outRows(r) * outCols(r);
  memory.fill(total, 0, totalBytes);
  memory.fill(sums, 0, pitch);
  if (kind == SIGN) widen(f, total + totalBytes, taps, channels);
  tapTable(r, tapOffsets);
  windowTable(r);
  clearMaps(r, inChannels(r));
  for (let first = 0; first < images(r); first += groupImages(r)) {
    const count = min(groupImages(r), images(r) - first);
    const src = sourceMaps(r, x, first, count);
    const pixels = count * imagePixels;
    for (let p = 0; p < pixels; p += RUN_PIXELS) {
      const run = min(RUN_PIXELS, pixels - p);
      const table = tableSection(r) + (p << 2);
      const g = dy + (((first * imagePixels + p) * channels) << 2);
      if (kind == SIGN) {
        signRun(src, g, table, run, tapOffsets, taps, channels, total + totalBytes, total);
      } else {
        productRun(src, g, table, run, tapOffsets, taps, channels, total);
      }
      if (kind == FULL) addGradients(g, run, channels, sums);
    }
  }
  for (let tap = 0; tap < taps; tap++) {
    for (let channel = 0; channel < channels; channel += 8) {
      const block = channel << 2;
      const at = total + tap * pitch + block;
      const row = ((tap * channels) << 2) + block;
      let low = v128.load(at), high = v128.load(at, 16);
      if (kind == FULL) {
        low = f32x4.sub(low, f32x4.mul(v128.load(f + row), v128.load(sums + block)));
        high = f32x4.sub(high, f32x4.mul(v128.load(f + row, 16), v128.load(sums + block, 16)));
      }
      storeEight(df + row, low, high, channels - channel);
    }
  }
}
