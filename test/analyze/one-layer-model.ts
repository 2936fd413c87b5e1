import type { FloatModel, FloatNode, FloatTensor } from '../../src/model/types.ts';

/** A network of one layer: `inputs` values to `outputs` sums, weights `[outputs, inputs]` as given. */
export function oneLayer(
  kind: 'linear' | 'adderLinear',
  weights: Float32Array,
  { inputs, std }: { readonly inputs: number; readonly std: number },
): FloatModel {
  const outputs = weights.length / inputs;
  const nodes: readonly FloatNode[] = [
    { kind: 'flatten', name: 'flat', input: 'input' },
    { kind, name: 'layer', input: 'flat', weight: 'w' },
  ];
  const tensors = new Map<string, FloatTensor>([
    ['w', { shape: [outputs, inputs], data: weights }],
  ]);
  return {
    name: 'one-layer',
    arch: 'by-hand',
    inputShape: [1, inputs, 1],
    normalization: { mean: [0.5], std: [std] },
    nodes,
    tensors,
    provenance: {},
  };
}
