/** @file Small float networks for the quantizer's tests. */
import type { FloatModel, FloatNode, FloatTensor, MapShape } from '../../src/model/types.ts';
import type { RandomSource } from '../random-source.ts';

/** A node without its name and the tensors it reads: they are made for it. */
export type Draft =
  | {
      readonly kind: 'adderConv' | 'conv';
      readonly filters: number;
      readonly size: number;
      readonly stride?: number;
      readonly padding?: number;
      readonly hasBias?: boolean;
    }
  | { readonly kind: 'linear' | 'adderLinear'; readonly filters: number; readonly from: number }
  | { readonly kind: 'batchNorm' | 'relu' | 'flatten' }
  | {
      readonly kind: 'maxPool' | 'avgPool';
      readonly size: number;
      readonly stride: number;
      readonly padding?: number;
    }
  | { readonly kind: 'add'; readonly to: string };

/** One line of a graph: a name, its input, and what it does. */
export type Line = readonly [name: string, input: string, draft: Draft];

/** Build a model with random tensors. Channel counts are followed through the graph by hand: `channels`. */
export function buildGraph(
  lines: readonly Line[],
  { draw, inputShape }: { readonly draw: RandomSource; readonly inputShape: MapShape },
): FloatModel {
  const tensors = new Map<string, FloatTensor>();
  const channels = new Map<string, number>([['input', inputShape[2]]]);
  const place = (name: string, shape: readonly number[], make: () => number): string => {
    const count = shape.reduce((a, b) => a * b, 1);
    tensors.set(name, { shape, data: Float32Array.from({ length: count }, make) });
    return name;
  };
  const real = (): number => draw.integer(-3000, 3000) / 1000;
  const nodes = lines.map(([name, input, draft]): FloatNode => {
    const inputs = channels.get(input)!;
    channels.set(name, 'filters' in draft ? draft.filters : inputs);
    switch (draft.kind) {
      case 'adderConv':
      case 'conv': {
        const { kind, filters, size, stride = 1, padding = 0 } = draft;
        const weight = place(`${name}.w`, [filters, size, size, inputs], real);
        const window = { stride, padding };
        return kind === 'conv' && draft.hasBias
          ? { kind, name, input, weight, bias: place(`${name}.b`, [filters], real), ...window }
          : { kind, name, input, weight, ...window };
      }
      case 'linear':
      case 'adderLinear': {
        const weight = place(`${name}.w`, [draft.filters, draft.from], real);
        return {
          kind: draft.kind,
          name,
          input,
          weight,
          bias: place(`${name}.b`, [draft.filters], real),
        };
      }
      case 'batchNorm':
        return {
          kind: 'batchNorm',
          name,
          input,
          gamma: place(`${name}.gamma`, [inputs], () => draw.integer(500, 1500) / 1000),
          beta: place(`${name}.beta`, [inputs], real),
          mean: place(`${name}.mean`, [inputs], real),
          variance: place(`${name}.variance`, [inputs], () => draw.integer(500, 3000) / 1000),
          epsilon: 1e-5,
        };
      case 'maxPool':
      case 'avgPool':
        return { padding: 0, ...draft, name, input };
      case 'add':
        return { kind: 'add', name, inputs: [input, draft.to] };
      case 'relu':
      case 'flatten':
        return { kind: draft.kind, name, input };
      default:
        draft satisfies never;
        throw new Error('unknown draft');
    }
  });
  const std = Array.from({ length: inputShape[2] }, () => 0.25);
  return {
    name: 'graph',
    arch: 'graph',
    inputShape,
    normalization: { mean: std.map(() => 0.5), std },
    nodes,
    tensors,
    provenance: {},
  };
}
