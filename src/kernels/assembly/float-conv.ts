/**
 * @file Float convolutions, AdderNet eq 1 (products) and eq 3 (absolute differences).
 *
 * Eight output channels are two vectors; four neighbouring pixels share each weight load:
 *
 *     weights  [channel block][kernel row][tap of the row][8 channels]
 *     src      padded map: the taps of one kernel row are consecutive floats (column, then channel)
 *
 * A block of fewer than four pixels computes its last pixel again, which writes the same values twice.
 */

// @ts-ignore: decorator
@inline
function term(adder: bool, sum: v128, x: v128, w: v128): v128 {
  return f32x4.add(sum, adder ? f32x4.abs(f32x4.sub(x, w)) : f32x4.mul(x, w));
}

// @ts-ignore: decorator
@inline
function put(adder: bool, dst: usize, low: v128, high: v128): void {
  v128.store(dst, adder ? f32x4.neg(low) : low);
  v128.store(dst, adder ? f32x4.neg(high) : high, 16);
}

// @ts-ignore: decorator
@inline
function layer(
  adder: bool,
  src: usize,
  weights: usize,
  start: usize,
  dst: usize,
  outRows: i32,
  outCols: i32,
  blocks: i32,
  kernelRows: i32,
  rowTaps: i32,
  pixelStep: i32,
  rowStep: i32,
  mapRow: i32,
): void {
  const pitch = blocks << 5;
  const blockBytes = (kernelRows * rowTaps) << 5;
  const rowBytes = rowTaps << 2;
  const last = outCols - 1;
  for (let block = 0; block < blocks; block++) {
    for (let row = 0; row < outRows; row++) {
      const window = src + row * rowStep;
      const out = dst + row * outCols * pitch + (block << 5);
      for (let col = 0; col < outCols; col += 4) {
        const col1 = min(col + 1, last);
        const col2 = min(col + 2, last);
        const col3 = min(col + 3, last);
        let w = weights + block * blockBytes;
        const start0 = v128.load(start + (block << 5));
        const start1 = v128.load(start + (block << 5), 16);
        let a0 = start0, a1 = start1, b0 = start0, b1 = start1;
        let c0 = start0, c1 = start1, d0 = start0, d1 = start1;
        for (let ky = 0; ky < kernelRows; ky++) {
          const taps = window + ky * mapRow;
          let pa = taps + col * pixelStep;
          let pb = taps + col1 * pixelStep;
          let pc = taps + col2 * pixelStep;
          let pd = taps + col3 * pixelStep;
          const end = pa + rowBytes;
          while (pa < end) {
            const w0 = v128.load(w);
            const w1 = v128.load(w, 16);
            const xa = v128.load_splat<f32>(pa);
            a0 = term(adder, a0, xa, w0);
            a1 = term(adder, a1, xa, w1);
            const xb = v128.load_splat<f32>(pb);
            b0 = term(adder, b0, xb, w0);
            b1 = term(adder, b1, xb, w1);
            const xc = v128.load_splat<f32>(pc);
            c0 = term(adder, c0, xc, w0);
            c1 = term(adder, c1, xc, w1);
            const xd = v128.load_splat<f32>(pd);
            d0 = term(adder, d0, xd, w0);
            d1 = term(adder, d1, xd, w1);
            pa += 4;
            pb += 4;
            pc += 4;
            pd += 4;
            w += 32;
          }
        }
        put(adder, out + col * pitch, a0, a1);
        put(adder, out + col1 * pitch, b0, b1);
        put(adder, out + col2 * pitch, c0, c1);
        put(adder, out + col3 * pitch, d0, d1);
      }
    }
  }
}

/**
 * `Y = -(start[t] + sum |X - F|)`; `start` holds `8 * blocks` floats (minus the bias), dst has a pitch of
 * `8 * blocks` floats a pixel. Steps are bytes.
 */
export function adderFloat(
  src: usize, weights: usize, start: usize, dst: usize, outRows: i32, outCols: i32, blocks: i32,
  kernelRows: i32, rowTaps: i32, pixelStep: i32, rowStep: i32, mapRow: i32,
): void {
  layer(true, src, weights, start, dst, outRows, outCols, blocks, kernelRows, rowTaps, pixelStep, rowStep, mapRow);
}

/** `Y = start[t] + sum X * F`, otherwise as `adderFloat`. */
export function convFloat(
  src: usize, weights: usize, start: usize, dst: usize, outRows: i32, outCols: i32, blocks: i32,
  kernelRows: i32, rowTaps: i32, pixelStep: i32, rowStep: i32, mapRow: i32,
): void {
  layer(false, src, weights, start, dst, outRows, outCols, blocks, kernelRows, rowTaps, pixelStep, rowStep, mapRow);
}
