/**
 * @file AdderNet's forward pass (eq 3) over a batch, by maxima: with `m = max(x, f)`,
 *
 *     |x - f| = (m - x) + (m - f),  so  Y = -sum |X - F| = -((sum m - sum X) + (sum m - sum F))
 *
 * A tap then costs a maximum and an addition instead of three operations; the sum of X is shared by all channels of
 * a window, the sum of F by all windows of a channel. Rounding is that of `sum |X| + |F|`, not of `sum |X - F|`:
 * the same order unless inputs and weights share a large offset, which normalized inputs do not.
 *
 * Where the last block of channels has a lane to spare, its weights there are minus infinity: the lane's maxima are X,
 * their sum is the window's. That block is then computed first.
 *
 * Eight output channels are two vectors; four pixels share each weight load. Weights are packed as
 * `[block of 8 channels][tap][8]`, the table of windows is followed by the windows' sums.
 */
import {
  clearMaps, groupImages, images, inChannels, kernelCols, kernelRows, laneMask, mapCols, outChannels, outCols,
  outRows, sourceMaps, storeEight, sumSection, tableSection, weightSection, windowTable,
} from './train-shape';

/** Pack HWIO weights, `taps` rows of `channels`, and sum each channel; a last partial block is filled up with minus infinity. */
function packForward(f: usize, dst: usize, sums: usize, taps: i32, channels: i32): void {
  for (let first = 0; first < channels; first += 8) {
    const valid = min(8, channels - first);
    const low = laneMask(min(4, valid));
    const high = laneMask(valid - 4);
    const spare = f32x4.splat(-Infinity);
    let sum0 = f32x4.splat(0), sum1 = f32x4.splat(0);
    for (let tap = 0; tap < taps; tap++) {
      const from = f + ((tap * channels + first) << 2);
      const w0 = v128.and(v128.load(from), low);
      const w1 = v128.and(v128.load(from, 16), high);
      sum0 = f32x4.add(sum0, w0);
      sum1 = f32x4.add(sum1, w1);
      v128.store(dst, v128.bitselect(w0, spare, low));
      v128.store(dst, v128.bitselect(w1, spare, high), 16);
      dst += 32;
    }
    v128.store(sums + (first << 2), sum0);
    v128.store(sums + (first << 2), sum1, 16);
  }
}

/** Sum of X under each window of the table. */
function sumWindows(src: usize, table: usize, sums: usize, count: i32, rows: i32, rowBytes: i32, mapRow: i32): void {
  const vectors = rowBytes & ~15;
  const rest = laneMask((rowBytes >> 2) & 3);
  for (let p = 0; p < count; p++) {
    let window = src + load<i32>(table + (p << 2));
    let sum = f32x4.splat(0);
    for (let ky = 0; ky < rows; ky++) {
      for (let at = 0; at < vectors; at += 16) sum = f32x4.add(sum, v128.load(window + at));
      sum = f32x4.add(sum, v128.and(v128.load(window + vectors), rest));
      window += mapRow;
    }
    const pairs = f32x4.add(sum, v128.shuffle<i64>(sum, sum, 1, 1));
    store<f32>(sums + (p << 2), f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1));
  }
}

// @ts-ignore: decorator
@inline
function term(sum: v128, x: v128, w: v128): v128 {
  // pmax is one instruction, max five.
  return f32x4.add(sum, f32x4.pmax(x, w));
}

/** Store one of eight lanes, by way of memory. */
// @ts-ignore: decorator
@inline
function storeLane(dst: usize, low: v128, high: v128, lane: i32, spill: usize): void {
  v128.store(spill, low);
  v128.store(spill, high, 16);
  store<f32>(dst, load<f32>(spill + (lane << 2)));
}

/** Store one pixel's `-((m - x) + (m - f))`. */
// @ts-ignore: decorator
@inline
function put(dst: usize, low: v128, high: v128, x: usize, f: usize, valid: i32): void {
  const sum = v128.load_splat<f32>(x);
  const y0 = f32x4.add(f32x4.sub(low, sum), f32x4.sub(low, v128.load(f)));
  const y1 = f32x4.add(f32x4.sub(high, sum), f32x4.sub(high, v128.load(f, 16)));
  storeEight(dst, f32x4.neg(y0), f32x4.neg(y1), valid);
}

/** One group: `count` pixels whose windows begin at `src + table[p]`; their outputs follow each other at `dst`. */
function adderGroup(r: usize, src: usize, dst: usize, count: i32): void {
  const channels = outChannels(r);
  const pitch = channels << 2;
  const rows = kernelRows(r);
  const rowBytes = (kernelCols(r) * inChannels(r)) << 2;
  const mapRow = (mapCols(r) * inChannels(r)) << 2;
  const blockBytes = (rows * rowBytes) << 3;
  const table = tableSection(r);
  const last = count - 1;
  const sums = table + ((groupImages(r) * outRows(r) * outCols(r)) << 2);
  const zero = f32x4.splat(0);
  const spare = channels & 7;
  const spill = sumSection(r) + ((channels + 7) >> 3 << 5);
  if (spare == 0) sumWindows(src, table, sums, count, rows, rowBytes, mapRow);
  for (let first = (channels - 1) & ~7; first >= 0; first -= 8) {
    const valid = channels - first;
    const weights = weightSection(r) + (first >> 3) * blockBytes;
    const out = dst + (first << 2);
    const f = sumSection(r) + (first << 2);
    for (let p = 0; p < count; p += 4) {
      const p1 = min(p + 1, last);
      const p2 = min(p + 2, last);
      const p3 = min(p + 3, last);
      let wa = src + load<i32>(table + (p << 2));
      let wb = src + load<i32>(table + (p1 << 2));
      let wc = src + load<i32>(table + (p2 << 2));
      let wd = src + load<i32>(table + (p3 << 2));
      let w = weights;
      let a0 = zero, a1 = zero, b0 = zero, b1 = zero, c0 = zero, c1 = zero, d0 = zero, d1 = zero;
      for (let ky = 0; ky < rows; ky++) {
        let pa = wa;
        let pb = wb;
        let pc = wc;
        let pd = wd;
        const end = pa + rowBytes;
        while (pa < end) {
          const w0 = v128.load(w);
          const w1 = v128.load(w, 16);
          const xa = v128.load_splat<f32>(pa);
          a0 = term(a0, xa, w0);
          a1 = term(a1, xa, w1);
          const xb = v128.load_splat<f32>(pb);
          b0 = term(b0, xb, w0);
          b1 = term(b1, xb, w1);
          const xc = v128.load_splat<f32>(pc);
          c0 = term(c0, xc, w0);
          c1 = term(c1, xc, w1);
          const xd = v128.load_splat<f32>(pd);
          d0 = term(d0, xd, w0);
          d1 = term(d1, xd, w1);
          pa += 4;
          pb += 4;
          pc += 4;
          pd += 4;
          w += 32;
        }
        wa += mapRow;
        wb += mapRow;
        wc += mapRow;
        wd += mapRow;
      }
      if (spare == valid) {
        storeLane(sums + (p << 2), a0, a1, spare, spill);
        storeLane(sums + (p1 << 2), b0, b1, spare, spill);
        storeLane(sums + (p2 << 2), c0, c1, spare, spill);
        storeLane(sums + (p3 << 2), d0, d1, spare, spill);
      }
      put(out + p * pitch, a0, a1, sums + (p << 2), f, valid);
      put(out + p1 * pitch, b0, b1, sums + (p1 << 2), f, valid);
      put(out + p2 * pitch, c0, c1, sums + (p2 << 2), f, valid);
      put(out + p3 * pitch, d0, d1, sums + (p3 << 2), f, valid);
    }
  }
}

/** `y = -sum |x - f|`; x NHWC, f HWIO, y NHWC, shapes in the record `r`. */
export function adderForward(r: usize, x: usize, f: usize, y: usize): void {
  const taps = kernelRows(r) * kernelCols(r) * inChannels(r);
  const imagePixels = outRows(r) * outCols(r);
  packForward(f, weightSection(r), sumSection(r), taps, outChannels(r));
  windowTable(r);
  clearMaps(r, inChannels(r));
  for (let first = 0; first < images(r); first += groupImages(r)) {
    const count = min(groupImages(r), images(r) - first);
    const src = sourceMaps(r, x, first, count);
    adderGroup(r, src, y + ((first * imagePixels * outChannels(r)) << 2), count * imagePixels);
  }
}
