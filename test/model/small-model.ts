/**
 * @file A float model small enough to write by hand, with every kind of node.
 */
import type { FloatModel, FloatNode, FloatTensor } from '../../src/model/types.ts';

/** Values 0.25, 0.5, 0.75, ... in the given shape. */
export function ramp(...shape: number[]): FloatTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { shape, data: Float32Array.from({ length: count }, (_, i) => (i + 1) / 4) };
}

const nodes: readonly FloatNode[] = [
  {
    kind: 'conv',
    name: 'stem',
    input: 'input',
    weight: 'stem.w',
    bias: 'stem.b',
    stride: 1,
    padding: 1,
  },
  {
    kind: 'batchNorm',
    name: 'norm',
    input: 'stem',
    gamma: 'g',
    beta: 'b',
    mean: 'm',
    variance: 'v',
    epsilon: 1e-5,
  },
  { kind: 'relu', name: 'relu', input: 'norm' },
  { kind: 'adderConv', name: 'adder', input: 'relu', weight: 'adder.w', stride: 1, padding: 1 },
  { kind: 'add', name: 'sum', inputs: ['adder', 'relu'] },
  { kind: 'maxPool', name: 'max', input: 'sum', size: 2, stride: 2, padding: 0 },
  { kind: 'avgPool', name: 'avg', input: 'max', size: 3, stride: 2, padding: 1 },
  { kind: 'flatten', name: 'flat', input: 'avg' },
  { kind: 'adderLinear', name: 'dense', input: 'flat', weight: 'dense.w' },
  { kind: 'linear', name: 'out', input: 'dense', weight: 'out.w' },
];

/** 5 x 4 x 2 images to 3 logits. */
export function smallModel(): FloatModel {
  return {
    name: 'small',
    arch: 'by-hand',
    inputShape: [5, 4, 2],
    normalization: { mean: [0.5, 0.25], std: [0.5, 0.125] },
    nodes,
    tensors: new Map([
      ['stem.w', ramp(3, 3, 3, 2)],
      ['stem.b', ramp(3)],
      ['g', ramp(3)],
      ['b', ramp(3)],
      ['m', ramp(3)],
      ['v', ramp(3)],
      ['adder.w', ramp(3, 3, 3, 3)],
      ['dense.w', ramp(4, 3)],
      ['out.w', ramp(3, 4)],
    ]),
    provenance: { source: 'test' },
  };
}
