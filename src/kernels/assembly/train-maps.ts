/** @file Gradients of pooling and of the rectifier. */
import {
  images, inCols, inRows, kernelCols, kernelRows, laneMask, outCols, outRows, padLeft, padTop, storeLanes,
  strideCols, strideRows,
} from './train-shape';

/** `dx = dy` where `x > 0`, else 0. */
export function reluGradient(x: usize, dy: usize, dx: usize, count: i32): void {
  const zero = f32x4.splat(0);
  const whole = (count & ~3) << 2;
  for (let at = 0; at < whole; at += 16) {
    v128.store(dx + at, v128.and(v128.load(dy + at), f32x4.gt(v128.load(x + at), zero)));
  }
  for (let at = whole; at < count << 2; at += 4) {
    store<f32>(dx + at, load<f32>(x + at) > 0 ? load<f32>(dy + at) : 0);
  }
}

/**
 * Gradient of pooling; shapes in the record `r`. The largest value's gradient goes to its first place in the window (`y` are
 * the largest values); a mean's is shared equally by the places inside the map.
 */
export function poolGradient(
  r: usize, isMax: bool, x: usize, y: usize, dy: usize, dx: usize, channels: i32,
): void {
  const pixelBytes = channels << 2;
  const rowBytes = inCols(r) * pixelBytes;
  memory.fill(dx, 0, images(r) * inRows(r) * rowBytes);
  for (let image = 0; image < images(r); image++) {
    for (let row = 0; row < outRows(r); row++) {
      const top = row * strideRows(r) - padTop(r);
      const firstRow = max(top, 0);
      const endRow = min(top + kernelRows(r), inRows(r));
      for (let col = 0; col < outCols(r); col++) {
        const left = col * strideCols(r) - padLeft(r);
        const firstCol = max(left, 0);
        const endCol = min(left + kernelCols(r), inCols(r));
        const share = f32x4.splat(1 / <f32>((endRow - firstRow) * (endCol - firstCol)));
        for (let lane = 0; lane < pixelBytes; lane += 16) {
          const mask = laneMask((pixelBytes - lane) >> 2);
          const best = isMax ? v128.load(y + lane) : share;
          const g = v128.load(dy + lane);
          let open = mask;
          for (let i = firstRow; i < endRow; i++) {
            const line = (image * inRows(r) + i) * rowBytes + lane;
            for (let j = firstCol; j < endCol; j++) {
              const at = line + j * pixelBytes;
              let part: v128;
              if (isMax) {
                const take = v128.and(open, f32x4.eq(v128.load(x + at), best));
                open = v128.andnot(open, take);
                part = v128.and(g, take);
              } else {
                part = f32x4.mul(g, best);
              }
              storeLanes(dx + at, f32x4.add(v128.load(dx + at), part), mask);
            }
          }
        }
        y += pixelBytes;
        dy += pixelBytes;
      }
    }
  }
}
