/**
 * @file How large a model may be. Files are untrusted: these hold before memory is taken.
 */

/** Bytes of a checkpoint or weight file. */
export const MAX_FILE_BYTES = 2 ** 30;
/** Elements of all tensors of a model together: 256 MiB as 32-bit floats. */
export const MAX_ELEMENTS = 2 ** 26;
/** Tensors of a file, and nodes of a graph. */
export const MAX_TENSORS = 16_384;
export const MAX_NODES = 4096;
/** Dimensions of a tensor. */
export const MAX_RANK = 8;
/** Elements of one map. */
export const MAX_MAP_ELEMENTS = 2 ** 24;
/** Rows, columns or channels of a map. */
export const MAX_MAP_SIZE = 65_536;
/** Rows or columns of a kernel, stride and padding. */
export const MAX_KERNEL = 64;
/** Bytes of `model.json`. */
export const MAX_JSON_BYTES = 16 * 2 ** 20;
