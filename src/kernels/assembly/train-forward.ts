/**
 * @file AdderNet's forward pass (eq 3) over a batch: `Y = -sum |X - F|`.
 *
 * Eight output channels are two vectors; four pixels share each weight load. Weights are packed as
 * `[block of 8 channels][tap][8]`.
 */
import {
  clearMaps, groupImages, images, inChannels, kernelCols, kernelRows, mapCols, outChannels, outCols, outRows,
  sourceMaps, storeEight, tableSection, weightSection, windowTable,
} from './train-shape';

/** Pack HWIO weights, `taps` rows of `channels`; a last partial block is filled up with zeros. */
function packForward(f: usize, dst: usize, taps: i32, channels: i32): void {
  for (let first = 0; first < channels; first += 8) {
    const valid = min(8, channels - first);
    for (let tap = 0; tap < taps; tap++) {
      const from = f + ((tap * channels + first) << 2);
      if (valid == 8) {
        v128.store(dst, v128.load(from));
        v128.store(dst, v128.load(from, 16), 16);
      } else {
        for (let t = 0; t < 8; t++) store<f32>(dst + (t << 2), t < valid ? load<f32>(from + (t << 2)) : 0);
      }
      dst += 32;
    }
  }
}

// @ts-ignore: decorator
@inline
function term(sum: v128, x: v128, w: v128): v128 {
  return f32x4.add(sum, f32x4.abs(f32x4.sub(x, w)));
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
  const zero = f32x4.splat(0);
  let weights = weightSection(r);
  for (let first = 0; first < channels; first += 8) {
    const valid = channels - first;
    const out = dst + (first << 2);
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
      storeEight(out + p * pitch, f32x4.neg(a0), f32x4.neg(a1), valid);
      storeEight(out + p1 * pitch, f32x4.neg(b0), f32x4.neg(b1), valid);
      storeEight(out + p2 * pitch, f32x4.neg(c0), f32x4.neg(c1), valid);
      storeEight(out + p3 * pitch, f32x4.neg(d0), f32x4.neg(d1), valid);
    }
    weights += blockBytes;
  }
}

/** `y = -sum |x - f|`; x NHWC, f HWIO, y NHWC, shapes in the record `r`. */
export function adderForward(r: usize, x: usize, f: usize, y: usize): void {
  const taps = kernelRows(r) * kernelCols(r) * inChannels(r);
  const imagePixels = outRows(r) * outCols(r);
  packForward(f, weightSection(r), taps, outChannels(r));
  windowTable(r);
  clearMaps(r, inChannels(r));
  for (let first = 0; first < images(r); first += groupImages(r)) {
    const count = min(groupImages(r), images(r) - first);
    const src = sourceMaps(r, x, first, count);
    adderGroup(r, src, y + ((first * imagePixels * outChannels(r)) << 2), count * imagePixels);
  }
}
