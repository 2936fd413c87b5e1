/**
 * @file The one place where weights change their order.
 *
 * A `FloatModel` keeps kernels `[out, rows, columns, in]` and matrices `[out, in]`, a LayersModel
 * `[rows, columns, in, out]` and `[in, out]`: read as a matrix of `out` rows, either is the other's transpose.
 */
import type { FloatTensor } from '../../model/types.ts';

/** The shape in a LayersModel of a tensor of a `FloatModel`. */
export function layersShape(shape: readonly number[]): readonly number[] {
  return shape.length < 2 ? shape : [...shape.slice(1), shape[0]];
}

/** Write a tensor's elements in a LayersModel's order. */
export function toLayersOrder({ shape, data }: FloatTensor, target: Float32Array): void {
  if (shape.length < 2) target.set(data);
  else transpose(data, target, shape[0]);
}

/** A tensor of `shape` (as in a `FloatModel`) from elements in a LayersModel's order. */
export function fromLayersOrder(shape: readonly number[], source: Float32Array): FloatTensor {
  const data = new Float32Array(source.length);
  if (shape.length < 2) data.set(source);
  else transpose(source, data, source.length / shape[0]);
  return { shape, data };
}

/** Turn a matrix of `rows` rows. */
function transpose(source: Float32Array, target: Float32Array, rows: number): void {
  const columns = source.length / rows;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) target[c * rows + r] = source[r * columns + c];
  }
}
