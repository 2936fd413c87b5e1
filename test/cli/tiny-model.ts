import type { FloatModel, FloatNode, FloatTensor } from '../../src/model/types.ts';
import { randomSource } from '../random-source.ts';

/** 8 x 8 x 3 images to 10 logits: stem, one residual block of adder layers, pooling, classifier; random weights. */
export function tinyModel(): FloatModel {
  const random = randomSource(7);
  const tensors = new Map<string, FloatTensor>();
  const draw = (name: string, shape: readonly number[], low: number, high: number): string => {
    const count = shape.reduce((product, size) => product * size, 1);
    const data = Float32Array.from(
      { length: count },
      () => low + ((high - low) * random.integer(0, 1000)) / 1000,
    );
    tensors.set(name, { shape, data });
    return name;
  };
  const batchNorm = (input: string, mean: number, spread: number): FloatNode => ({
    kind: 'batchNorm',
    name: `${input}.bn`,
    input,
    gamma: draw(`${input}.gamma`, [6], 0.5, 1.5),
    beta: draw(`${input}.beta`, [6], -0.2, 0.6),
    mean: draw(`${input}.mean`, [6], mean - spread, mean + spread),
    variance: draw(`${input}.variance`, [6], spread, 3 * spread),
    epsilon: 1e-5,
  });
  const adder = (name: string, input: string): FloatNode => ({
    kind: 'adderConv',
    name,
    input,
    weight: draw(`${name}.weight`, [6, 3, 3, 6], -2, 2),
    stride: 1,
    padding: 1,
  });
  const nodes: FloatNode[] = [
    {
      kind: 'conv',
      name: 'stem',
      input: 'input',
      weight: draw('stem.weight', [6, 3, 3, 3], -0.5, 0.5),
      stride: 1,
      padding: 1,
    },
    batchNorm('stem', 0, 0.5),
    { kind: 'relu', name: 'relu1', input: 'stem.bn' },
    adder('first', 'relu1'),
    // 54 terms with a mean of about 1.2 each.
    batchNorm('first', -65, 6),
    { kind: 'relu', name: 'relu2', input: 'first.bn' },
    adder('second', 'relu2'),
    batchNorm('second', -65, 6),
    { kind: 'add', name: 'sum', inputs: ['second.bn', 'relu1'] },
    { kind: 'relu', name: 'relu3', input: 'sum' },
    { kind: 'avgPool', name: 'pool', input: 'relu3', size: 8, stride: 8, padding: 0 },
    { kind: 'flatten', name: 'flat', input: 'pool' },
    { kind: 'linear', name: 'fc', input: 'flat', weight: draw('fc.weight', [10, 6], -1, 1) },
  ];
  return {
    name: 'tiny',
    arch: 'by-hand',
    inputShape: [8, 8, 3],
    normalization: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    nodes,
    tensors,
    provenance: { source: 'test' },
  };
}
