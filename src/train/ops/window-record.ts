/**
 * @file The record that describes a convolution or pooling to the training kernels, and the scratch memory that
 * follows it. `src/kernels/assembly/train-shape.ts` reads it.
 */
import { fail } from '../../issues.ts';

/** Shapes of a convolution over a batch; padding is top and left, what follows below and right is known by the output. */
export interface WindowShape {
  readonly images: number;
  readonly inRows: number;
  readonly inCols: number;
  readonly inChannels: number;
  readonly kernelRows: number;
  readonly kernelCols: number;
  readonly strideRows: number;
  readonly strideCols: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly outRows: number;
  readonly outCols: number;
  readonly outChannels: number;
}

/** The record's numbers and the bytes that it and its sections take. */
export interface WindowRecord {
  readonly record: Int32Array;
  readonly scratchBytes: number;
}

/** Pixels that a group should have: enough to fill blocks of four and runs of 128. */
const GROUP_PIXELS = 128;
const RECORD_FIELDS = 21;
const ALIGNMENT_BYTES = 64;
/** Kernels read and write this far over a section's end. */
const SLACK_BYTES = 64;
const LIMIT_BYTES = 2 ** 31;

const upTo = (count: number, block: number): number => Math.ceil(count / block) * block;

/** What a kernel wants of the group's maps and in its sections, in 32-bit words. */
interface Sections {
  readonly groupImages: number;
  readonly mapRows: number;
  readonly mapCols: number;
  readonly isPadded: boolean;
  readonly table: number;
  readonly map: number;
  readonly weights: number;
  readonly sums: number;
}

function layOut(shape: WindowShape, sections: Sections): WindowRecord {
  let end = upTo(RECORD_FIELDS * 4, ALIGNMENT_BYTES);
  const offsets = [sections.table, sections.map, sections.weights, sections.sums].map((words) => {
    const offset = end;
    end += upTo(words * 4 + SLACK_BYTES, ALIGNMENT_BYTES);
    return offset;
  });
  if (end > LIMIT_BYTES) {
    fail(
      `Cannot train a layer of ${shape.inChannels} to ${shape.outChannels} channels: it needs ${Math.ceil(end / 2 ** 20)} MiB beside its maps, the limit is ${LIMIT_BYTES / 2 ** 20}`,
      'Use fewer channels, a smaller kernel or smaller images',
    );
  }
  const { groupImages, mapRows, mapCols, isPadded } = sections;
  const record = Int32Array.from([
    shape.images,
    shape.inRows,
    shape.inCols,
    shape.inChannels,
    shape.kernelRows,
    shape.kernelCols,
    shape.strideRows,
    shape.strideCols,
    shape.padTop,
    shape.padLeft,
    shape.outRows,
    shape.outCols,
    shape.outChannels,
    groupImages,
    mapRows,
    mapCols,
    Number(isPadded),
    ...offsets,
  ]);
  return { record, scratchBytes: end };
}

const groupFor = (images: number, pixels: number): number =>
  Math.max(1, Math.min(images, Math.ceil(GROUP_PIXELS / Math.max(1, pixels))));

/** The input's maps as the windows see them: padded, and cut where no window reaches. */
function inputMaps(shape: WindowShape) {
  const needRows = (shape.outRows - 1) * shape.strideRows + shape.kernelRows;
  const needCols = (shape.outCols - 1) * shape.strideCols + shape.kernelCols;
  const isPadded =
    shape.padTop > 0 || shape.padLeft > 0 || needRows > shape.inRows || needCols > shape.inCols;
  const groupImages = groupFor(shape.images, shape.outRows * shape.outCols);
  const mapRows = isPadded ? needRows : shape.inRows;
  const mapCols = isPadded ? needCols : shape.inCols;
  const map = isPadded ? groupImages * mapRows * mapCols * shape.inChannels : 0;
  return {
    groupImages,
    mapRows,
    mapCols,
    isPadded,
    table: groupImages * shape.outRows * shape.outCols,
    map,
  };
}

const tapsOf = ({ kernelRows, kernelCols, inChannels }: WindowShape): number =>
  kernelRows * kernelCols * inChannels;

/** For `adderForward`: its table is followed by as many sums, the weights' sums by eight words. */
export function forwardRecord(shape: WindowShape): WindowRecord {
  const maps = inputMaps(shape);
  const channels = upTo(shape.outChannels, 8);
  return layOut(shape, {
    ...maps,
    table: 2 * maps.table,
    weights: tapsOf(shape) * channels,
    sums: channels + 8,
  });
}

/** For `weightGradient`: totals, a copy of the weights for the sign, then sums and the taps' offsets. */
export function weightGradientRecord(shape: WindowShape): WindowRecord {
  const taps = upTo(tapsOf(shape), 4);
  const channels = upTo(shape.outChannels, 8);
  return layOut(shape, {
    ...inputMaps(shape),
    weights: 2 * taps * channels,
    sums: channels + taps,
  });
}

/** For `adderInputGradient` and `productInputGradient`, whose maps are the output's gradients. */
export function inputGradientRecord(shape: WindowShape): WindowRecord {
  const { inRows, inCols, outRows, outCols, padTop, padLeft, strideRows, strideCols } = shape;
  const phaseRows = Math.ceil(shape.kernelRows / strideRows);
  const phaseCols = Math.ceil(shape.kernelCols / strideCols);
  const mapRows = phaseRows + Math.floor((inRows - 1 + padTop) / strideRows);
  const mapCols = phaseCols + Math.floor((inCols - 1 + padLeft) / strideCols);
  const isPadded = phaseRows > 1 || phaseCols > 1 || mapRows !== outRows || mapCols !== outCols;
  const groupImages = groupFor(shape.images, inRows * inCols);
  return layOut(shape, {
    groupImages,
    mapRows,
    mapCols,
    isPadded,
    table: 4 * groupImages * inRows * inCols,
    map: isPadded ? groupImages * mapRows * mapCols * shape.outChannels : 0,
    weights: shape.kernelRows * shape.kernelCols * upTo(shape.inChannels, 8) * shape.outChannels,
    sums: 0,
  });
}

/** For `poolGradient`, which needs no sections. */
export function poolRecord(shape: WindowShape): WindowRecord {
  const none = { groupImages: 1, mapRows: 0, mapCols: 0, isPadded: false };
  return layOut(shape, { ...none, table: 0, map: 0, weights: 0, sums: 0 });
}
