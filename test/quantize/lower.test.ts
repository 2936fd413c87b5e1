import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runFloat } from '../../src/golden/float.ts';
import { DesignError } from '../../src/issues.ts';
import type { FloatModel } from '../../src/model/types.ts';
import { lower } from '../../src/quantize/lower.ts';
import { drawFloatModel, draws } from '../kernels/random-networks.ts';
import { randomSource } from '../random-source.ts';
import { buildGraph, type Line } from './build-graph.ts';
import { runLowered } from './run-lowered.ts';

const graph = (lines: readonly Line[], seed = 1): FloatModel =>
  buildGraph(lines, { draw: randomSource(seed), inputShape: [6, 6, 2] });

/** `name <- input (+ residual) kind` of every layer. */
const layout = (model: FloatModel): string[] =>
  lower(model).layers.map(
    ({ name, input, residual, kind, isRectified }) =>
      `${name} <- ${input}${residual ? ` + ${residual.input}` : ''} ${kind}${isRectified ? ' relu' : ''}`,
  );

/** The lowered network's output must be the graph's. */
function expectSameOutput(model: FloatModel, seed: number): void {
  const draw = randomSource(seed);
  const [height, width, channels] = model.inputShape;
  const input = Float32Array.from(
    { length: height * width * channels },
    () => draw.integer(-2000, 2000) / 1000,
  );
  const wanted = [...runFloat(model, input).values()].at(-1)!.data;
  const found = [...runLowered(lower(model), input).values()].at(-1)!;
  expect(found.length).toBe(wanted.length);
  const largest = wanted.reduce((a, y) => Math.max(a, Math.abs(y)), 0);
  // Single precision in the one, double in the other; a few layers of at most some hundred terms.
  for (const [i, y] of wanted.entries()) {
    expect(Math.abs(found[i] - y)).toBeLessThanOrEqual(1e-4 * largest + 1e-4);
  }
}

const basicBlock: readonly Line[] = [
  ['stem', 'input', { kind: 'conv', filters: 3, size: 3, padding: 1, hasBias: true }],
  ['stem.bn', 'stem', { kind: 'batchNorm' }],
  ['stem.relu', 'stem.bn', { kind: 'relu' }],
  ['a', 'stem.relu', { kind: 'adderConv', filters: 4, size: 3, stride: 2, padding: 1 }],
  ['a.bn', 'a', { kind: 'batchNorm' }],
  ['a.relu', 'a.bn', { kind: 'relu' }],
  ['b', 'a.relu', { kind: 'adderConv', filters: 4, size: 3, padding: 1 }],
  ['b.bn', 'b', { kind: 'batchNorm' }],
  ['down', 'stem.relu', { kind: 'adderConv', filters: 4, size: 1, stride: 2 }],
  ['down.bn', 'down', { kind: 'batchNorm' }],
  ['sum', 'b.bn', { kind: 'add', to: 'down.bn' }],
  ['relu', 'sum', { kind: 'relu' }],
  ['pool', 'relu', { kind: 'avgPool', size: 3, stride: 3 }],
  ['fc', 'pool', { kind: 'conv', filters: 5, size: 1 }],
  ['fc.bn', 'fc', { kind: 'batchNorm' }],
];

describe('lower()', () => {
  it('makes one layer of an operation, its normalization, addition and rectifier', () => {
    expect(layout(graph(basicBlock))).toEqual([
      'stem <- input conv relu',
      'a <- stem adder relu',
      'b <- a adder',
      'down <- stem + b adder relu',
      'pool <- down sumPool',
      'fc <- pool conv',
    ]);
    expectSameOutput(graph(basicBlock), 7);
  });

  it('joins an addition to the earlier operand when the later one is read elsewhere', () => {
    const model = graph([
      ['a', 'input', { kind: 'adderConv', filters: 2, size: 1 }],
      ['b', 'input', { kind: 'adderConv', filters: 2, size: 1 }],
      ['sum', 'b', { kind: 'add', to: 'a' }],
      ['c', 'b', { kind: 'adderConv', filters: 2, size: 1 }],
      ['end', 'c', { kind: 'add', to: 'sum' }],
    ]);
    // "c" is the later operand of "end" and read by nobody else.
    expect(layout(model)).toEqual(['b <- input adder', 'a <- input + b adder', 'c <- b + a adder']);
    expectSameOutput(model, 8);
  });

  it('scales both operands when a normalization follows an addition', () => {
    const model = graph([
      ['a', 'input', { kind: 'adderConv', filters: 2, size: 1 }],
      ['sum', 'a', { kind: 'add', to: 'input' }],
      ['bn', 'sum', { kind: 'batchNorm' }],
      ['relu', 'bn', { kind: 'relu' }],
    ]);
    expect(layout(model)).toEqual(['a <- input + input adder relu']);
    expectSameOutput(model, 9);
  });

  it('inserts a 1x1 sum when an addition, normalization or rectifier has nothing to join', () => {
    const model = graph([
      ['a', 'input', { kind: 'maxPool', size: 2, stride: 2 }],
      ['relu', 'a', { kind: 'relu' }],
      ['bn', 'relu', { kind: 'batchNorm' }],
      ['sum', 'relu', { kind: 'add', to: 'bn' }],
      ['twice', 'sum', { kind: 'add', to: 'sum' }],
    ]);
    expect(layout(model)).toEqual([
      'a <- input maxPool relu',
      'bn <- a + a sumPool',
      'twice <- bn + bn sumPool',
    ]);
    expectSameOutput(model, 10);
  });

  it('makes a whole-map kernel of a fully connected layer on a flattened map', () => {
    const model = graph([
      ['pool', 'input', { kind: 'avgPool', size: 3, stride: 2, padding: 1 }],
      ['flat', 'pool', { kind: 'flatten' }],
      ['fc', 'flat', { kind: 'adderLinear', filters: 4, from: 18 }],
      ['relu', 'fc', { kind: 'relu' }],
      ['flat2', 'relu', { kind: 'flatten' }],
      ['out', 'flat2', { kind: 'linear', filters: 3, from: 4 }],
    ]);
    const { layers } = lower(model);
    // Three windows of size 3 at stride 2, padding 1 on 6 pixels.
    expect(layers.map(({ kernel }) => kernel)).toEqual([
      [3, 3],
      [3, 3],
      [1, 1],
    ]);
    expect(layout(model)).toEqual([
      'pool <- input sumPool',
      'fc <- pool adder relu',
      'out <- fc conv',
    ]);
    expectSameOutput(model, 11);
  });

  it("gives the graph's output when graphs are random", () => {
    fc.assert(
      fc.property(draws, fc.integer(), (draw, seed) => {
        expectSameOutput(drawFloatModel(draw), seed);
      }),
      { numRuns: 150 },
    );
  });

  it('names every node that no layer can express', () => {
    const model = graph([
      ['a', 'input', { kind: 'maxPool', size: 2, stride: 2 }],
      ['flat', 'a', { kind: 'flatten' }],
      ['relu', 'flat', { kind: 'relu' }],
      ['fc', 'relu', { kind: 'linear', filters: 2, from: 18 }],
    ]);
    expect(() => lower(model)).toThrow(
      new DesignError([
        {
          problem: 'Cannot quantize node "relu": a relu reads the flattened map of "a"',
          remedy:
            'Let a linear or adderLinear layer follow the flatten, or move the node before it',
        },
      ]),
    );
  });

  it('names the tensors when their numbers cannot be used', () => {
    const model = graph(basicBlock);
    model.tensors.get('a.w')!.data[5] = Number.NaN;
    model.tensors.get('a.w')!.data[6] = Number.POSITIVE_INFINITY;
    model.tensors.get('b.bn.variance')!.data[0] = -1;
    expect(() => lower(model)).toThrow(
      /node "a": 2 values of "a.w" are not finite[\s\S]*"b.bn": its smallest variance is -1/,
    );
  });

  it('leaves the model as it was', () => {
    const model = graph(basicBlock);
    const before = structuredClone(model);
    lower(model);
    expect(model).toEqual(before);
  });
});
