/** @file A network with every kind of node, and a smaller one whose gradients can be checked by differences. */
import type { FloatModel, FloatNode, FloatTensor, MapShape } from '../../../src/model/types.ts';
import { randomOf } from '../../../src/train/data/random.ts';

/** A tensor of numbers from `low` to `high`. */
export function randomTensor(
  shape: readonly number[],
  seed: number,
  [low, high]: readonly [number, number] = [-1, 1],
): FloatTensor {
  const random = randomOf(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Float32Array.from({ length: size }, () => low + (high - low) * random()) };
}

export function modelOf(
  inputShape: MapShape,
  nodes: readonly FloatNode[],
  shapes: Readonly<Record<string, readonly number[]>>,
): FloatModel {
  const tensors = Object.entries(shapes).map(([name, shape], i) => {
    const isPositive = name.endsWith('.variance') || name.endsWith('.gamma');
    return [name, randomTensor(shape, i, isPositive ? [0.5, 2] : [-1, 1])] as const;
  });
  return {
    ...{ name: 'small', arch: 'small', inputShape, nodes, tensors: new Map(tensors) },
    normalization: {
      mean: new Array(inputShape[2]).fill(0.5),
      std: new Array(inputShape[2]).fill(0.25),
    },
    provenance: {},
  };
}

export const norm = (name: string, input: string): FloatNode => ({
  ...{ kind: 'batchNorm', name, input, epsilon: 1e-5 },
  ...{ gamma: `${name}.gamma`, beta: `${name}.beta` },
  ...{ mean: `${name}.mean`, variance: `${name}.variance` },
});

export const normShapes = (name: string, channels: number) =>
  Object.fromEntries(
    ['gamma', 'beta', 'mean', 'variance'].map((term) => [`${name}.${term}`, [channels]]),
  );

/** 7 x 6 x 2 to 3: paddings and strides that no published network has, a residual, rows read as maps. */
export function everyKind(): FloatModel {
  const nodes: FloatNode[] = [
    {
      kind: 'conv',
      name: 'c1',
      input: 'input',
      weight: 'c1.w',
      bias: 'c1.b',
      stride: 2,
      padding: 2,
    },
    norm('n1', 'c1'),
    { kind: 'relu', name: 'r1', input: 'n1' },
    { kind: 'adderConv', name: 'a1', input: 'r1', weight: 'a1.w', stride: 1, padding: 1 },
    norm('n2', 'a1'),
    { kind: 'add', name: 'sum', inputs: ['n2', 'r1'] },
    { kind: 'maxPool', name: 'p1', input: 'sum', size: 2, stride: 1, padding: 0 },
    { kind: 'conv', name: 'c2', input: 'p1', weight: 'c2.w', stride: 1, padding: 1 },
    { kind: 'avgPool', name: 'p2', input: 'c2', size: 3, stride: 2, padding: 1 },
    { kind: 'flatten', name: 'flat', input: 'p2' },
    { kind: 'adderLinear', name: 'l1', input: 'flat', weight: 'l1.w', bias: 'l1.b' },
    norm('n3', 'l1'),
    // A row that a convolution and a sum read as a map of one pixel.
    { kind: 'conv', name: 'c3', input: 'n3', weight: 'c3.w', stride: 1, padding: 0 },
    { kind: 'add', name: 'sum2', inputs: ['c3', 'n3'] },
    { kind: 'linear', name: 'l2', input: 'sum2', weight: 'l2.w', bias: 'l2.b' },
  ];
  return modelOf([7, 6, 2], nodes, {
    'c1.w': [4, 3, 2, 2],
    'c1.b': [4],
    ...normShapes('n1', 4),
    'a1.w': [4, 3, 3, 4],
    ...normShapes('n2', 4),
    'c2.w': [3, 3, 3, 4],
    // c1: (7 + 4 - 3) / 2 + 1 = 5 rows, (6 + 4 - 2) / 2 + 1 = 5 columns; p1: 4 x 4; p2: (4 + 2 - 3) / 2 + 1 = 2
    'l1.w': [5, 2 * 2 * 3],
    'l1.b': [5],
    ...normShapes('n3', 5),
    'c3.w': [5, 1, 1, 5],
    'l2.w': [3, 5],
    'l2.b': [3],
  });
}
