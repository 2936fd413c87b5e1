/**
 * @file Gradients of a convolution's input: AdderNet eq 6, `dX = sum dY * HT(F - X)`, and the product's `dX = sum dY * F`.
 *
 * Input pixel p meets output pixel q at tap k where `q * stride + k = p + padding`. The pixels with the same
 * remainder of `p + padding` by the stride (a phase) meet the same taps, so each phase is a convolution of stride 1
 * over padded maps of dY with its own part of the kernel, turned round. Weights are packed for each phase as
 * `[block of 8 input channels][row][column][output channel][8]`.
 *
 * A last block of five or six channels (LeNet has six) takes three vectors for two pixels instead of four: the
 * channels behind the fourth of both pixels share one, their weights are packed twice.
 *
 * Near a border much of a window lies in the padding, where dY is zero: only the rows and columns that
 * one of the block's two pixels needs are walked.
 */
import {
  clearMaps, groupImages, images, inChannels, inCols, inRows, isPadded, kernelCols, kernelRows, mapCols, mapRows,
  mapSection, outChannels, outCols, outRows, padLeft, padMaps, padTop, storeEight, strideCols, strideRows,
  tableSection, weightSection,
} from './train-shape';

/** Taps of one direction in phase `phase`. */
// @ts-ignore: decorator
@inline
function phaseTaps(size: i32, stride: i32, phase: i32): i32 {
  return phase < size ? (size - phase + stride - 1) / stride : 0;
}

/** First position whose `position + padding` has the remainder `phase`. */
// @ts-ignore: decorator
@inline
function firstOf(phase: i32, padding: i32, stride: i32): i32 {
  return (((phase - padding) % stride) + stride) % stride;
}

/** Pack one phase's part of HWIO weights. */
function packPhase(r: usize, f: usize, dst: usize, phaseRow: i32, phaseCol: i32): usize {
  const channels = inChannels(r);
  const outs = outChannels(r);
  const rows = phaseTaps(kernelRows(r), strideRows(r), phaseRow);
  const cols = phaseTaps(kernelCols(r), strideCols(r), phaseCol);
  for (let first = 0; first < channels; first += 8) {
    const valid = min(8, channels - first);
    const isShared = valid == 5 || valid == 6;
    for (let i = rows - 1; i >= 0; i--) {
      for (let j = cols - 1; j >= 0; j--) {
        const tap = (phaseRow + i * strideRows(r)) * kernelCols(r) + phaseCol + j * strideCols(r);
        const from = f + (((tap * channels + first) * outs) << 2);
        for (let t = 0; t < outs; t++) {
          for (let c = 0; c < 8; c++) {
            const channel = isShared && c >= 6 ? c - 2 : c;
            store<f32>(dst + (c << 2), channel < valid ? load<f32>(from + ((channel * outs + t) << 2)) : 0);
          }
          dst += 32;
        }
      }
    }
  }
  return dst;
}

/** Rows or columns of a window that lie in the map: the first in the low half, the end in the high half. */
// @ts-ignore: decorator
@inline
function insideOf(start: i32, taps: i32, border: i32, size: i32): i32 {
  const first = max(0, border - start);
  const end = min(taps, border + size - start);
  return first < end ? first | (end << 16) : 0;
}

/** What both windows of a pair need. */
// @ts-ignore: decorator
@inline
function union(a: i32, b: i32): i32 {
  return min(a & 0xffff, b & 0xffff) | (max(a >> 16, b >> 16) << 16);
}

/** For each pixel of the phase in `count` images: its window in dY's maps, its place in dX, the rows and columns to walk; returns the number of pixels. */
function phaseTable(r: usize, table: usize, count: i32, phaseRow: i32, phaseCol: i32): i32 {
  const outBytes = outChannels(r) << 2;
  const inBytes = inChannels(r) << 2;
  const rows = phaseTaps(kernelRows(r), strideRows(r), phaseRow);
  const cols = phaseTaps(kernelCols(r), strideCols(r), phaseCol);
  const borderRows = phaseTaps(kernelRows(r), strideRows(r), 0) - 1;
  const borderCols = phaseTaps(kernelCols(r), strideCols(r), 0) - 1;
  let pixels = 0;
  for (let image = 0; image < count; image++) {
    for (let row = firstOf(phaseRow, padTop(r), strideRows(r)); row < inRows(r); row += strideRows(r)) {
      const windowRow = (row + padTop(r)) / strideRows(r) + borderRows + 1 - rows;
      const insideRows = insideOf(windowRow, rows, borderRows, outRows(r));
      for (let col = firstOf(phaseCol, padLeft(r), strideCols(r)); col < inCols(r); col += strideCols(r)) {
        const windowCol = (col + padLeft(r)) / strideCols(r) + borderCols + 1 - cols;
        store<i32>(table, ((image * mapRows(r) + windowRow) * mapCols(r) + windowCol) * outBytes);
        store<i32>(table, ((image * inRows(r) + row) * inCols(r) + col) * inBytes, 4);
        store<i32>(table, insideRows, 8);
        store<i32>(table, insideOf(windowCol, cols, borderCols, outCols(r)), 12);
        table += 16;
        pixels++;
      }
    }
  }
  return pixels;
}

// @ts-ignore: decorator
@inline
function term(adder: bool, sum: v128, dy: v128, w: v128, x: v128): v128 {
  // pmin and pmax are one instruction each, min and max are five.
  const factor = adder
    ? f32x4.pmin(f32x4.pmax(f32x4.sub(w, x), f32x4.splat(-1)), f32x4.splat(1))
    : w;
  return f32x4.add(sum, f32x4.mul(dy, factor));
}

/** One block of channels, two pixels at a time; `shared`: see above. */
// @ts-ignore: decorator
@inline
function blockPixels(
  adder: bool, shared: bool, r: usize, src: usize, x: usize, dx: usize, weights: usize, table: usize, count: i32,
  cols: i32, valid: i32,
): void {
  const columnBytes = outChannels(r) << 2;
  const rowBytes = cols * columnBytes;
  const mapRow = mapCols(r) * columnBytes;
  const zero = f32x4.splat(0);
  const last = count - 1;
  for (let p = 0; p < count; p += 2) {
    const entryA = table + (p << 4);
    const entryB = table + (min(p + 1, last) << 4);
    const insideRows = union(load<i32>(entryA, 8), load<i32>(entryB, 8));
    const insideCols = union(load<i32>(entryA, 12), load<i32>(entryB, 12));
    const firstRow = insideRows & 0xffff;
    const skipped = (insideCols & 0xffff) * columnBytes;
    const walked = (insideCols >> 16) * columnBytes - skipped;
    const start = firstRow * mapRow + skipped;
    let windowA = src + load<i32>(entryA) + start;
    let windowB = src + load<i32>(entryB) + start;
    let weightRow = weights + ((firstRow * rowBytes + skipped) << 3);
    const placeA = load<i32>(entryA, 4);
    const placeB = load<i32>(entryB, 4);
    const xa0 = adder ? v128.load(x + placeA) : zero;
    const xb0 = adder ? v128.load(x + placeB) : zero;
    const highA = adder ? v128.load(x + placeA, 16) : zero;
    const xb1 = adder ? v128.load(x + placeB, 16) : zero;
    const xa1 = shared ? v128.shuffle<i64>(highA, xb1, 0, 2) : highA;
    let a0 = zero, a1 = zero, b0 = zero, b1 = zero;
    for (let row = firstRow; row < insideRows >> 16; row++) {
      let w = weightRow;
      let pa = windowA;
      let pb = windowB;
      const end = pa + walked;
      while (pa < end) {
        const w0 = v128.load(w);
        const w1 = v128.load(w, 16);
        const da = v128.load_splat<f32>(pa);
        const db = v128.load_splat<f32>(pb);
        a0 = term(adder, a0, da, w0, xa0);
        b0 = term(adder, b0, db, w0, xb0);
        if (shared) {
          a1 = term(adder, a1, v128.shuffle<i64>(da, db, 0, 2), w1, xa1);
        } else {
          a1 = term(adder, a1, da, w1, xa1);
          b1 = term(adder, b1, db, w1, xb1);
        }
        pa += 4;
        pb += 4;
        w += 32;
      }
      windowA += mapRow;
      windowB += mapRow;
      weightRow += rowBytes << 3;
    }
    storeEight(dx + placeA, a0, a1, valid);
    storeEight(dx + placeB, b0, shared ? v128.shuffle<i64>(a1, a1, 1, 1) : b1, valid);
  }
}

// @ts-ignore: decorator
@inline
function phasePixels(
  adder: bool, r: usize, src: usize, x: usize, dx: usize, weights: usize, table: usize, count: i32,
  rows: i32, cols: i32,
): void {
  const blockBytes = (rows * cols * outChannels(r)) << 5;
  for (let first = 0; first < inChannels(r); first += 8) {
    const valid = inChannels(r) - first;
    const block = first << 2;
    if (valid == 5 || valid == 6) {
      blockPixels(adder, true, r, src, x + block, dx + block, weights, table, count, cols, valid);
    } else {
      blockPixels(adder, false, r, src, x + block, dx + block, weights, table, count, cols, valid);
    }
    weights += blockBytes;
  }
}

// @ts-ignore: decorator
@inline
function inputGradient(adder: bool, r: usize, x: usize, f: usize, dy: usize, dx: usize): void {
  let packed = weightSection(r);
  for (let a = 0; a < strideRows(r); a++) {
    for (let b = 0; b < strideCols(r); b++) packed = packPhase(r, f, packed, a, b);
  }
  const outs = outChannels(r);
  const outImage = (outRows(r) * outCols(r) * outs) << 2;
  const inImage = (inRows(r) * inCols(r) * inChannels(r)) << 2;
  const blocks = (inChannels(r) + 7) >> 3;
  const border = phaseTaps(kernelRows(r), strideRows(r), 0) - 1;
  const borderCols = phaseTaps(kernelCols(r), strideCols(r), 0) - 1;
  clearMaps(r, outs);
  for (let first = 0; first < images(r); first += groupImages(r)) {
    const count = min(groupImages(r), images(r) - first);
    let src = dy + first * outImage;
    if (isPadded(r)) {
      padMaps(
        src, mapSection(r), count, outRows(r), outCols(r), outs << 2, border, borderCols, mapRows(r), mapCols(r),
      );
      src = mapSection(r);
    }
    let weights = weightSection(r);
    for (let a = 0; a < strideRows(r); a++) {
      const rows = phaseTaps(kernelRows(r), strideRows(r), a);
      for (let b = 0; b < strideCols(r); b++) {
        const cols = phaseTaps(kernelCols(r), strideCols(r), b);
        const pixels = phaseTable(r, tableSection(r), count, a, b);
        phasePixels(
          adder, r, src, x + first * inImage, dx + first * inImage, weights, tableSection(r), pixels,
          rows, cols,
        );
        weights += (blocks * rows * cols * outs) << 5;
      }
    }
  }
}

/** `dx = sum dy * HT(f - x)`, HT(d) = d in [-1, 1], else +-1 (eq 6); shapes in the record `r`, whose maps are dY's. */
export function adderInputGradient(r: usize, x: usize, f: usize, dy: usize, dx: usize): void {
  inputGradient(true, r, x, f, dy, dx);
}

/** `dx = sum dy * f`, otherwise as `adderInputGradient`. */
export function productInputGradient(r: usize, f: usize, dy: usize, dx: usize): void {
  inputGradient(false, r, 0, f, dy, dx);
}
