/**
 * @file Gradients of a convolution's input: AdderNet eq 6, `dX = sum dY * HT(F - X)`, and the product's `dX = sum dY * F`.
 *
 * Input pixel p meets output pixel q at tap k where `q * stride + k = p + padding`. The pixels with the same
 * remainder of `p + padding` by the stride (a phase) meet the same taps, so each phase is a convolution of stride 1
 * over padded maps of dY with its own part of the kernel, turned round. Weights are packed for each phase as
 * `[block of 8 input channels][row][column][output channel][8]`.
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
    for (let i = rows - 1; i >= 0; i--) {
      for (let j = cols - 1; j >= 0; j--) {
        const tap = (phaseRow + i * strideRows(r)) * kernelCols(r) + phaseCol + j * strideCols(r);
        const from = f + (((tap * channels + first) * outs) << 2);
        for (let t = 0; t < outs; t++) {
          for (let c = 0; c < 8; c++) {
            store<f32>(dst + (c << 2), c < valid ? load<f32>(from + ((c * outs + t) << 2)) : 0);
          }
          dst += 32;
        }
      }
    }
  }
  return dst;
}

/** For each pixel of the phase in `count` images: its window in dY's maps, its place in dX; returns the number of pixels. */
function phaseTable(r: usize, table: usize, count: i32, phaseRow: i32, phaseCol: i32): i32 {
  const outBytes = outChannels(r) << 2;
  const inBytes = inChannels(r) << 2;
  const spareRows = phaseTaps(kernelRows(r), strideRows(r), 0) - phaseTaps(kernelRows(r), strideRows(r), phaseRow);
  const spareCols = phaseTaps(kernelCols(r), strideCols(r), 0) - phaseTaps(kernelCols(r), strideCols(r), phaseCol);
  let pixels = 0;
  for (let image = 0; image < count; image++) {
    for (let row = firstOf(phaseRow, padTop(r), strideRows(r)); row < inRows(r); row += strideRows(r)) {
      const windowRow = image * mapRows(r) + (row + padTop(r)) / strideRows(r) + spareRows;
      for (let col = firstOf(phaseCol, padLeft(r), strideCols(r)); col < inCols(r); col += strideCols(r)) {
        const windowCol = (col + padLeft(r)) / strideCols(r) + spareCols;
        store<i32>(table, (windowRow * mapCols(r) + windowCol) * outBytes);
        store<i32>(table, ((image * inRows(r) + row) * inCols(r) + col) * inBytes, 4);
        table += 8;
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

// @ts-ignore: decorator
@inline
function phasePixels(
  adder: bool, r: usize, src: usize, x: usize, dx: usize, weights: usize, table: usize, count: i32,
  rows: i32, rowBytes: i32,
): void {
  const channels = inChannels(r);
  const mapRow = (mapCols(r) * outChannels(r)) << 2;
  const blockBytes = (rows * rowBytes) << 3;
  const zero = f32x4.splat(0);
  const last = count - 1;
  for (let first = 0; first < channels; first += 8) {
    const valid = channels - first;
    const block = first << 2;
    for (let p = 0; p < count; p += 2) {
      const entryA = table + (p << 3);
      const entryB = table + (min(p + 1, last) << 3);
      let windowA = src + load<i32>(entryA);
      let windowB = src + load<i32>(entryB);
      const placeA = load<i32>(entryA, 4) + block;
      const placeB = load<i32>(entryB, 4) + block;
      const xa0 = adder ? v128.load(x + placeA) : zero;
      const xa1 = adder ? v128.load(x + placeA, 16) : zero;
      const xb0 = adder ? v128.load(x + placeB) : zero;
      const xb1 = adder ? v128.load(x + placeB, 16) : zero;
      let a0 = zero, a1 = zero, b0 = zero, b1 = zero;
      let w = weights;
      for (let row = 0; row < rows; row++) {
        let pa = windowA;
        let pb = windowB;
        const end = pa + rowBytes;
        while (pa < end) {
          const w0 = v128.load(w);
          const w1 = v128.load(w, 16);
          const da = v128.load_splat<f32>(pa);
          a0 = term(adder, a0, da, w0, xa0);
          a1 = term(adder, a1, da, w1, xa1);
          const db = v128.load_splat<f32>(pb);
          b0 = term(adder, b0, db, w0, xb0);
          b1 = term(adder, b1, db, w1, xb1);
          pa += 4;
          pb += 4;
          w += 32;
        }
        windowA += mapRow;
        windowB += mapRow;
      }
      storeEight(dx + placeA, a0, a1, valid);
      storeEight(dx + placeB, b0, b1, valid);
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
          rows, (cols * outs) << 2,
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
