/**
 * @file Convolutions on integer codes, exact.
 *
 * Absolute differences by the minimum: `sum |x - w| = sum x + sum w - 2 sum min(x, w)`. The sum of `w`
 * is a constant of the channel and the sum of `x` is shared by all channels, so a tap costs one minimum
 * and one widening addition: three instructions for sixteen taps instead of five.
 *
 *     weights  [block of 4 channels][kernel row][vector of the row][4 channels][16 codes]
 *
 * A kernel row is filled up with zero weights: `min(x, 0) = 0` and `x * 0 = 0`, whatever lies there.
 */

/** A vector adds at most 2 * 255 to a 16-bit lane: 128 * 510 = 65,280 still fits. */
const FLUSH_STEPS: i32 = 128;

/** Four vectors of 32-bit lanes to one vector of their four sums. */
// @ts-ignore: decorator
@inline
function sumLanes(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

// @ts-ignore: decorator
@inline
function sumLanes16(a: v128, b: v128, c: v128, d: v128): v128 {
  return sumLanes(
    i32x4.extadd_pairwise_i16x8_u(a),
    i32x4.extadd_pairwise_i16x8_u(b),
    i32x4.extadd_pairwise_i16x8_u(c),
    i32x4.extadd_pairwise_i16x8_u(d),
  );
}

// @ts-ignore: decorator
@inline
function addMin(sum: v128, x: v128, w: v128): v128 {
  return i16x8.add(sum, i16x8.extadd_pairwise_i8x16_u(i8x16.min_u(x, w)));
}

/** Sum of the codes under each window, one i32 a pixel; `mask` is 255 for the taps of a kernel row, 0 behind. */
export function windowSums(
  src: usize, mask: usize, dst: usize, outRows: i32, outCols: i32,
  kernelRows: i32, rowSteps: i32, pixelStep: i32, rowStep: i32, mapRow: i32,
): void {
  const zero = i32x4.splat(0);
  for (let row = 0; row < outRows; row++) {
    for (let col = 0; col < outCols; col++) {
      const window = src + row * rowStep + col * pixelStep;
      let sum = zero;
      for (let ky = 0; ky < kernelRows; ky++) {
        const taps = window + ky * mapRow;
        for (let at = 0; at < rowSteps << 4; at += 16) {
          const x = v128.and(v128.load(taps + at), v128.load(mask + at));
          sum = i32x4.add(
            sum,
            i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(x)),
          );
        }
      }
      store<i32>(dst, i32x4.extract_lane(sumLanes(sum, zero, zero, zero), 0));
      dst += 4;
    }
  }
}

/** `acc = sum |x - w|`; dst has a pitch of `4 * blocks` i32 a pixel. Steps are bytes. */
export function adderCodes(
  src: usize, weights: usize, weightSums: usize, sums: usize, dst: usize,
  outRows: i32, outCols: i32, blocks: i32,
  kernelRows: i32, rowSteps: i32, pixelStep: i32, rowStep: i32, mapRow: i32,
): void {
  const zero = i32x4.splat(0);
  const pitch = blocks << 4;
  const blockBytes = (kernelRows * rowSteps) << 6;
  const last = outCols - 1;
  for (let block = 0; block < blocks; block++) {
    const weightSum = v128.load(weightSums + (block << 4));
    for (let row = 0; row < outRows; row++) {
      const window = src + row * rowStep;
      const rowSums = sums + ((row * outCols) << 2);
      const out = dst + row * outCols * pitch + (block << 4);
      for (let col = 0; col < outCols; col += 2) {
        const next = min(col + 1, last);
        let w = weights + block * blockBytes;
        let totalA = zero, totalB = zero;
        let a0 = zero, a1 = zero, a2 = zero, a3 = zero;
        let b0 = zero, b1 = zero, b2 = zero, b3 = zero;
        let room = FLUSH_STEPS;
        for (let ky = 0; ky < kernelRows; ky++) {
          const taps = window + ky * mapRow;
          let pa = taps + col * pixelStep;
          let pb = taps + next * pixelStep;
          const rowEnd = pa + (rowSteps << 4);
          while (pa < rowEnd) {
            const end = min(rowEnd, pa + (room << 4));
            room -= <i32>((end - pa) >> 4);
            while (pa < end) {
              const xa = v128.load(pa);
              const xb = v128.load(pb);
              const w0 = v128.load(w);
              a0 = addMin(a0, xa, w0);
              b0 = addMin(b0, xb, w0);
              const w1 = v128.load(w, 16);
              a1 = addMin(a1, xa, w1);
              b1 = addMin(b1, xb, w1);
              const w2 = v128.load(w, 32);
              a2 = addMin(a2, xa, w2);
              b2 = addMin(b2, xb, w2);
              const w3 = v128.load(w, 48);
              a3 = addMin(a3, xa, w3);
              b3 = addMin(b3, xb, w3);
              pa += 16;
              pb += 16;
              w += 64;
            }
            if (room == 0) {
              totalA = i32x4.add(totalA, sumLanes16(a0, a1, a2, a3));
              totalB = i32x4.add(totalB, sumLanes16(b0, b1, b2, b3));
              a0 = zero; a1 = zero; a2 = zero; a3 = zero;
              b0 = zero; b1 = zero; b2 = zero; b3 = zero;
              room = FLUSH_STEPS;
            }
          }
        }
        totalA = i32x4.add(totalA, sumLanes16(a0, a1, a2, a3));
        totalB = i32x4.add(totalB, sumLanes16(b0, b1, b2, b3));
        const fixedA = i32x4.add(weightSum, v128.load_splat<i32>(rowSums + (col << 2)));
        const fixedB = i32x4.add(weightSum, v128.load_splat<i32>(rowSums + (next << 2)));
        v128.store(out + col * pitch, i32x4.sub(fixedA, i32x4.shl(totalA, 1)));
        v128.store(out + next * pitch, i32x4.sub(fixedB, i32x4.shl(totalB, 1)));
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function addProducts(sum: v128, x: v128, w: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(x, w));
}

/** `acc = sum x * W` on 16-bit codes and weights (8 a vector), otherwise as `adderCodes`. */
export function convCodes(
  src: usize, weights: usize, dst: usize, outRows: i32, outCols: i32, blocks: i32,
  kernelRows: i32, rowSteps: i32, pixelStep: i32, rowStep: i32, mapRow: i32,
): void {
  const zero = i32x4.splat(0);
  const pitch = blocks << 4;
  const blockBytes = (kernelRows * rowSteps) << 6;
  const last = outCols - 1;
  for (let block = 0; block < blocks; block++) {
    for (let row = 0; row < outRows; row++) {
      const window = src + row * rowStep;
      const out = dst + row * outCols * pitch + (block << 4);
      for (let col = 0; col < outCols; col += 2) {
        const next = min(col + 1, last);
        let w = weights + block * blockBytes;
        let a0 = zero, a1 = zero, a2 = zero, a3 = zero;
        let b0 = zero, b1 = zero, b2 = zero, b3 = zero;
        for (let ky = 0; ky < kernelRows; ky++) {
          const taps = window + ky * mapRow;
          let pa = taps + col * pixelStep;
          let pb = taps + next * pixelStep;
          const end = pa + (rowSteps << 4);
          while (pa < end) {
            const xa = v128.load(pa);
            const xb = v128.load(pb);
            const w0 = v128.load(w);
            a0 = addProducts(a0, xa, w0);
            b0 = addProducts(b0, xb, w0);
            const w1 = v128.load(w, 16);
            a1 = addProducts(a1, xa, w1);
            b1 = addProducts(b1, xb, w1);
            const w2 = v128.load(w, 32);
            a2 = addProducts(a2, xa, w2);
            b2 = addProducts(b2, xb, w2);
            const w3 = v128.load(w, 48);
            a3 = addProducts(a3, xa, w3);
            b3 = addProducts(b3, xb, w3);
            pa += 16;
            pb += 16;
            w += 64;
          }
        }
        v128.store(out + col * pitch, sumLanes(a0, a1, a2, a3));
        v128.store(out + next * pitch, sumLanes(b0, b1, b2, b3));
      }
    }
  }
}
