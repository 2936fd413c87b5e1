/**
 * @file What an architecture is: a graph, and where each of its tensors comes from in a PyTorch state dict.
 */
import type { FloatNode, MapShape, Normalization } from '../types.ts';

/** One tensor of a state dict and what becomes of it. */
export interface TensorSource {
  /** Key in the state dict, without `module.`. */
  readonly key: string;
  /** Name in the `FloatModel`. */
  readonly tensor: string;
  /** Shapes it may have in the state dict; all hold the same elements in the same order. */
  readonly accepts: readonly (readonly number[])[];
  /** Its shape in the `FloatModel`. */
  readonly shape: readonly number[];
  /** `[out, in, rows, columns]` of the stored elements, where they have to be turned to OHWI. */
  readonly oihw?: readonly [number, number, number, number];
  /** A bias that a checkpoint may leave out: the node then has none. */
  readonly optional?: true;
}

/** A network by name: a pure description. */
export interface Architecture {
  readonly name: string;
  readonly inputShape: MapShape;
  readonly normalization: Normalization;
  readonly nodes: readonly FloatNode[];
  readonly tensors: readonly TensorSource[];
}

/** Nodes in order with their tensors; architectures are lists of parts. */
export interface Part {
  readonly nodes: readonly FloatNode[];
  readonly tensors: readonly TensorSource[];
}

/** Put parts one after the other. */
export function joinParts(parts: readonly Part[]): Part {
  return {
    nodes: parts.flatMap(({ nodes }) => nodes),
    tensors: parts.flatMap(({ tensors }) => tensors),
  };
}

/** Channel means and standard deviations of the CIFAR-10 training images, as in the public AdderNet code. */
export const cifarNormalization: Normalization = {
  mean: [0.4914, 0.4822, 0.4465],
  std: [0.2023, 0.1994, 0.201],
};

/** Mean and standard deviation of the MNIST training images. */
export const mnistNormalization: Normalization = { mean: [0.1307], std: [0.3081] };
