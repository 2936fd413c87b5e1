import { describe, expect, it } from 'vitest';
import { checkGraph, inferShapes } from '../../src/model/infer-shapes.ts';
import type { FloatModel, FloatNode } from '../../src/model/types.ts';
import { ramp, smallModel } from './small-model.ts';

const replace = (name: string, change: object): FloatModel => {
  const model = smallModel();
  const nodes = model.nodes.map((node) =>
    node.name === name ? ({ ...node, ...change } as FloatNode) : node,
  );
  return { ...model, nodes };
};
const problems = (model: FloatModel) => checkGraph(model).issues.map(({ problem }) => problem);

describe('inferShapes', () => {
  it('inferShapes() gives every map when the graph is sound', () => {
    expect([...inferShapes(smallModel())]).toEqual([
      ['stem', [5, 4, 3]], // 5 + 2 - 3 + 1, 4 + 2 - 3 + 1
      ['norm', [5, 4, 3]],
      ['relu', [5, 4, 3]],
      ['adder', [5, 4, 3]],
      ['sum', [5, 4, 3]],
      ['max', [2, 2, 3]], // floor((5 - 2) / 2) + 1, floor((4 - 2) / 2) + 1
      ['avg', [1, 1, 3]], // floor((2 + 2 - 3) / 2) + 1
      ['flat', [1, 1, 3]],
      ['dense', [1, 1, 4]],
      ['out', [1, 1, 3]],
    ]);
  });

  it.each<[string, FloatModel, string]>([
    [
      'channels do not match',
      { ...smallModel(), inputShape: [5, 4, 1] },
      'Cannot use node "stem": its weight is 3 x 3 x 3 x 2, its input has 1 channels',
    ],
    [
      'a kernel is larger than its map',
      replace('avg', { size: 5 }),
      'Cannot use node "avg": its kernel of 5 x 5 is larger than its padded input of 4 x 4',
    ],
    [
      'an input is unknown',
      replace('relu', { input: 'adder' }),
      'Cannot use node "relu": its input "adder" is not the output of an earlier node',
    ],
    [
      'unlike maps are added',
      replace('sum', { inputs: ['adder', 'input'] }),
      'Cannot use node "sum": it adds maps of 5 x 4 x 3 and 5 x 4 x 2',
    ],
    [
      'a tensor is missing',
      replace('out', { weight: 'none' }),
      'Cannot use node "out": its tensor "none" is missing',
    ],
    [
      'a bias has the wrong length',
      replace('stem', { bias: 'dense.w' }),
      'Cannot use node "stem": its tensor "dense.w" is 4 x 3, 3 was expected',
    ],
    [
      'a linear layer reads an image',
      replace('dense', { input: 'max' }),
      'Cannot use node "dense": its input is 2 x 2 x 3, a flat map of 1 x 1 x n is needed',
    ],
    [
      'a stride is 0',
      replace('adder', { stride: 0 }),
      'Cannot use node "adder": its kernel is 3 x 3, its stride 0, its padding 1',
    ],
    [
      'a pooling window may lie in the padding alone',
      replace('max', { padding: 2 }),
      'Cannot use node "max": its padding is 2, more than half of its size 2',
    ],
    [
      'a name is not allowed',
      replace('out', { name: 'a/b' }),
      'Cannot use node "a/b": its name is not allowed',
    ],
    [
      'a map is too large',
      { ...smallModel(), inputShape: [4096, 4096, 2] },
      'Cannot use node "stem": its output has 4096 x 4096 x 3 elements, the most is 16777216',
    ],
  ])('inferShapes() reports it when %s', (_, model, problem) => {
    expect(problems(model)).toContain(problem);
    expect(() => inferShapes(model)).toThrow(problem);
  });

  it('checkGraph() reports duplicates and outputs that nobody reads', () => {
    const model = smallModel();
    const extra: FloatNode = { kind: 'relu', name: 'relu', input: 'stem' };
    const twice = { ...model, nodes: [model.nodes[0], extra, ...model.nodes.slice(1)] };
    expect(problems(twice)).toEqual(['Cannot use node "relu": another node has the same name']);
    const dead: FloatNode = { kind: 'relu', name: 'dead', input: 'stem' };
    const unread = { ...model, nodes: [model.nodes[0], dead, ...model.nodes.slice(1)] };
    expect(problems(unread)).toEqual([
      'Cannot use node "dead": no node reads its output, and it is not the last one',
    ]);
  });

  it('checkGraph() collects independent problems and passes over what follows from them', () => {
    const broken = replace('stem', { weight: 'none' });
    const both = {
      ...broken,
      tensors: new Map([...broken.tensors, ['out.w', ramp(3, 5)] as const]),
    };
    // "norm" to "dense" depend on "stem" and are not blamed.
    expect(problems(both)).toEqual(['Cannot use node "stem": its tensor "none" is missing']);
    expect(problems({ ...smallModel(), nodes: [] })).toEqual([
      'Cannot use the network: it has 0 nodes, 1 to 4096 are possible',
    ]);
  });
});
