import type { MapShape } from '../model/types.ts';

/** What a window layer walks over. */
export interface WindowLayer {
  readonly input: MapShape;
  readonly output: MapShape;
  readonly kernel: readonly [number, number];
  readonly stride: number;
  readonly padding: number;
}

/** A window layer over its padded map, in elements; the kernels want these times the element's bytes. */
export interface Geometry extends WindowLayer {
  /** Elements of the padded input map. */
  readonly paddedSize: number;
  readonly paddedCols: number;
  readonly outPixels: number;
  /** Taps of one kernel row: they are consecutive in the padded map. */
  readonly rowTaps: number;
  /** From one output pixel's window to the next, within a row and between rows. */
  readonly pixelStep: number;
  readonly rowStep: number;
  /** From one row of the padded map to the next. */
  readonly mapRow: number;
}

/** Work out strides and sizes; an output that reaches beyond the padded map is a programming error. */
export function geometryOf(layer: WindowLayer): Geometry {
  const { input, output, kernel, stride, padding } = layer;
  const [rows, cols, channels] = input;
  const paddedCols = cols + 2 * padding;
  const paddedRows = rows + 2 * padding;
  const lastRow = (output[0] - 1) * stride + kernel[0];
  const lastCol = (output[1] - 1) * stride + kernel[1];
  if (lastRow > paddedRows || lastCol > paddedCols) {
    throw new Error(
      `internal: windows reach ${lastRow} x ${lastCol} in a padded map of ${paddedRows} x ${paddedCols}`,
    );
  }
  return {
    ...layer,
    paddedSize: paddedRows * paddedCols * channels,
    paddedCols,
    outPixels: output[0] * output[1],
    rowTaps: kernel[1] * channels,
    pixelStep: stride * channels,
    rowStep: stride * paddedCols * channels,
    mapRow: paddedCols * channels,
  };
}
