/** How a kernel wants its weights. */
export interface Packing {
  readonly outChannels: number;
  readonly kernelRows: number;
  /** Weights of one kernel row: `kernelCols * inChannels`. */
  readonly rowTaps: number;
  /** Output channels a block. */
  readonly block: number;
  /** Taps a vector. */
  readonly vector: number;
}

/** Vectors that hold one kernel row. */
export function rowSteps({ rowTaps, vector }: Pick<Packing, 'rowTaps' | 'vector'>): number {
  return Math.ceil(rowTaps / vector);
}

/** Number of packed elements, the filling included. */
export function packedLength(packing: Packing): number {
  const blocks = Math.ceil(packing.outChannels / packing.block);
  return blocks * packing.kernelRows * rowSteps(packing) * packing.block * packing.vector;
}

/**
 * Reorder OHWI weights to `[block][kernel row][vector][channel of the block][tap of the vector]`.
 *
 * `packed` is returned filled; places without a weight keep what they held (zero).
 */
export function packWeights<T extends Float32Array | Int16Array | Uint8Array>(
  weights: ArrayLike<number>,
  packing: Packing,
  packed: T,
): T {
  const { outChannels, kernelRows, rowTaps, block, vector } = packing;
  const steps = rowSteps(packing);
  for (let o = 0; o < outChannels; o++) {
    for (let i = 0; i < kernelRows; i++) {
      const row = (Math.floor(o / block) * kernelRows + i) * steps;
      for (let k = 0; k < rowTaps; k++) {
        const step = row + Math.floor(k / vector);
        const at = (step * block + (o % block)) * vector + (k % vector);
        packed[at] = weights[(o * kernelRows + i) * rowTaps + k];
      }
    }
  }
  return packed;
}
