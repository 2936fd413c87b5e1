/**
 * @file What the training kernels of convolutions share: the record that describes a layer, padding, tables of
 * windows, and stores that touch no neighbour.
 *
 * A batch is worked through in groups of images, so that a group's padded maps stay in the cache and a layer with
 * few pixels an image still fills blocks of pixels. Within a group all pixels are one list: a table holds where
 * each pixel's window begins. `src/train/ops/window-record.ts` writes the record and reserves the sections.
 */

// Fields of the record, in the order of `src/train/ops/window-record.ts`; all i32.
// @ts-ignore: decorator
@inline
export function images(r: usize): i32 { return load<i32>(r); }
// @ts-ignore: decorator
@inline
export function inRows(r: usize): i32 { return load<i32>(r, 4); }
// @ts-ignore: decorator
@inline
export function inCols(r: usize): i32 { return load<i32>(r, 8); }
// @ts-ignore: decorator
@inline
export function inChannels(r: usize): i32 { return load<i32>(r, 12); }
// @ts-ignore: decorator
@inline
export function kernelRows(r: usize): i32 { return load<i32>(r, 16); }
// @ts-ignore: decorator
@inline
export function kernelCols(r: usize): i32 { return load<i32>(r, 20); }
// @ts-ignore: decorator
@inline
export function strideRows(r: usize): i32 { return load<i32>(r, 24); }
// @ts-ignore: decorator
@inline
export function strideCols(r: usize): i32 { return load<i32>(r, 28); }
// @ts-ignore: decorator
@inline
export function padTop(r: usize): i32 { return load<i32>(r, 32); }
// @ts-ignore: decorator
@inline
export function padLeft(r: usize): i32 { return load<i32>(r, 36); }
// @ts-ignore: decorator
@inline
export function outRows(r: usize): i32 { return load<i32>(r, 40); }
// @ts-ignore: decorator
@inline
export function outCols(r: usize): i32 { return load<i32>(r, 44); }
// @ts-ignore: decorator
@inline
export function outChannels(r: usize): i32 { return load<i32>(r, 48); }
// @ts-ignore: decorator
@inline
export function groupImages(r: usize): i32 { return load<i32>(r, 52); }
/** Rows of a padded map; what is padded depends on the kernel. */
// @ts-ignore: decorator
@inline
export function mapRows(r: usize): i32 { return load<i32>(r, 56); }
// @ts-ignore: decorator
@inline
export function mapCols(r: usize): i32 { return load<i32>(r, 60); }
/** Not 0: maps are copied into padded ones; otherwise they are used where they lie. */
// @ts-ignore: decorator
@inline
export function isPadded(r: usize): bool { return load<i32>(r, 64) != 0; }
// @ts-ignore: decorator
@inline
export function tableSection(r: usize): usize { return r + load<i32>(r, 68); }
// @ts-ignore: decorator
@inline
export function mapSection(r: usize): usize { return r + load<i32>(r, 72); }
// @ts-ignore: decorator
@inline
export function weightSection(r: usize): usize { return r + load<i32>(r, 76); }
// @ts-ignore: decorator
@inline
export function sumSection(r: usize): usize { return r + load<i32>(r, 80); }

/** All ones in the first `count` lanes, zero behind; none below 1, all above 3. */
// @ts-ignore: decorator
@inline
export function laneMask(count: i32): v128 {
  return i32x4.gt_s(i32x4.splat(count), i32x4(0, 1, 2, 3));
}

/** Store the lanes of `mask`; the others keep their bits, so that a neighbour's memory does not change. */
// @ts-ignore: decorator
@inline
export function storeLanes(dst: usize, value: v128, mask: v128): void {
  v128.store(dst, v128.bitselect(value, v128.load(dst), mask));
}

/** Store the first `count` of eight lanes. */
// @ts-ignore: decorator
@inline
export function storeEight(dst: usize, low: v128, high: v128, count: i32): void {
  if (count >= 8) {
    v128.store(dst, low);
    v128.store(dst, high, 16);
  } else if (count > 4) {
    v128.store(dst, low);
    storeLanes(dst + 16, high, laneMask(count - 4));
  } else {
    storeLanes(dst, low, laneMask(count));
  }
}

/** Copy maps into padded ones, dropping what lies beyond them; the border is cleared by `clearBorder` before. */
export function padMaps(
  src: usize, dst: usize, count: i32, rows: i32, cols: i32, pixelBytes: i32,
  top: i32, left: i32, paddedRows: i32, paddedCols: i32,
): void {
  const usedRows = min(rows, paddedRows - top);
  const usedBytes = min(cols, paddedCols - left) * pixelBytes;
  for (let image = 0; image < count; image++) {
    let from = src + image * rows * cols * pixelBytes;
    let to = dst + ((image * paddedRows + top) * paddedCols + left) * pixelBytes;
    for (let row = 0; row < usedRows; row++) {
      memory.copy(to, from, usedBytes);
      from += cols * pixelBytes;
      to += paddedCols * pixelBytes;
    }
  }
}

/** Offsets in bytes of the windows of a group's output pixels. */
export function windowTable(r: usize): void {
  const pixelBytes = inChannels(r) << 2;
  const columnStep = strideCols(r) * pixelBytes;
  let at = tableSection(r);
  for (let image = 0; image < groupImages(r); image++) {
    for (let row = 0; row < outRows(r); row++) {
      let offset = (image * mapRows(r) + row * strideRows(r)) * mapCols(r) * pixelBytes;
      for (let col = 0; col < outCols(r); col++) {
        store<i32>(at, offset);
        offset += columnStep;
        at += 4;
      }
    }
  }
}

/** Clear the padded maps of a group once: later groups overwrite the same insides. */
export function clearMaps(r: usize, channels: i32): void {
  if (!isPadded(r)) return;
  memory.fill(mapSection(r), 0, (groupImages(r) * mapRows(r) * mapCols(r) * channels) << 2);
}

/** The group's input maps, padded where that is needed. */
export function sourceMaps(r: usize, x: usize, first: i32, count: i32): usize {
  const pixelBytes = inChannels(r) << 2;
  const src = x + first * inRows(r) * inCols(r) * pixelBytes;
  if (!isPadded(r)) return src;
  padMaps(
    src, mapSection(r), count, inRows(r), inCols(r), pixelBytes,
    padTop(r), padLeft(r), mapRows(r), mapCols(r),
  );
  return mapSection(r);
}
