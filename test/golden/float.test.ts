import { describe, expect, it } from 'vitest';
import { normalizeImage, runFloat } from '../../src/golden/float.ts';
import type { FloatModel, FloatNode, MapShape } from '../../src/model/types.ts';

interface Parts {
  readonly inputShape: MapShape;
  readonly nodes: readonly FloatNode[];
  readonly tensors?: Readonly<Record<string, { shape: readonly number[]; values: number[] }>>;
}

function model({ inputShape, nodes, tensors = {} }: Parts): FloatModel {
  const placed = Object.entries(tensors).map(
    ([name, { shape, values }]) => [name, { shape, data: Float32Array.from(values) }] as const,
  );
  return {
    name: 'hand',
    arch: 'hand',
    inputShape,
    normalization: { mean: [0.5, 0.25], std: [0.5, 0.25] },
    nodes,
    tensors: new Map(placed),
    provenance: {},
  };
}

/** The output of a network of one node named `y`. */
function output(parts: Parts, input: readonly number[]) {
  const maps = runFloat(model(parts), Float32Array.from(input));
  const { shape, data } = maps.get('y')!;
  return { shape, values: [...data] };
}

describe('runFloat', () => {
  const square = { inputShape: [2, 2, 1] as const, map: [1, 2, 3, 4] };
  const kernel = { f: { shape: [1, 2, 2, 1], values: [0, 1, -1, 5] } };

  it('runFloat() gives minus the sum of absolute differences when the node is an adder', () => {
    const nodes: FloatNode[] = [
      { name: 'y', kind: 'adderConv', input: 'input', weight: 'f', stride: 1, padding: 0 },
    ];
    // -(|1-0| + |2-1| + |3+1| + |4-5|) = -7
    const { inputShape, map } = square;
    expect(output({ inputShape, nodes, tensors: kernel }, map)).toEqual({
      shape: [1, 1, 1],
      values: [-7],
    });
  });

  it('runFloat() lets a padded tap contribute -|F| when an adder pads', () => {
    const nodes: FloatNode[] = [
      { name: 'y', kind: 'adderConv', input: 'input', weight: 'f', stride: 3, padding: 1 },
    ];
    const { inputShape, map } = square;
    // the only window, at (-1, -1), sees 0 0 0 1: -(0 + 1 + 1 + |1-5|) = -6
    expect(output({ inputShape, nodes, tensors: kernel }, map)).toEqual({
      shape: [1, 1, 1],
      values: [-6],
    });
  });

  it('runFloat() multiplies and adds the bias when the node is a convolution', () => {
    const nodes: FloatNode[] = [
      { name: 'y', kind: 'conv', input: 'input', weight: 'f', bias: 'b', stride: 1, padding: 0 },
    ];
    const tensors = { ...kernel, b: { shape: [1], values: [0.5] } };
    // 0 + 2 - 3 + 20 + 0.5 = 19.5
    expect(output({ inputShape: square.inputShape, nodes, tensors }, square.map).values).toEqual([
      19.5,
    ]);
  });

  it('runFloat() walks filters slowest and input channels fastest when weights are OHWI', () => {
    const nodes: FloatNode[] = [
      { name: 'y', kind: 'conv', input: 'input', weight: 'f', stride: 1, padding: 0 },
    ];
    // two filters over one row of two pixels with two channels
    const tensors = { f: { shape: [2, 1, 2, 2], values: [1, 0, 0, 0, 0, 0, 0, 1] } };
    const parts: Parts = { inputShape: [1, 2, 2], nodes, tensors };
    // filter 0 picks pixel 0 channel 0, filter 1 pixel 1 channel 1
    expect(output(parts, [10, 20, 30, 40])).toEqual({ shape: [1, 1, 2], values: [10, 40] });
  });

  it('runFloat() normalizes with running statistics when the node is a batch normalization', () => {
    const nodes: FloatNode[] = [
      {
        name: 'y',
        kind: 'batchNorm',
        input: 'input',
        gamma: 'g',
        beta: 'b',
        mean: 'm',
        variance: 'v',
        epsilon: 1,
      },
    ];
    const tensors = {
      g: { shape: [2], values: [2, -1] },
      b: { shape: [2], values: [1, 0] },
      m: { shape: [2], values: [-3, 5] },
      v: { shape: [2], values: [3, 8] },
    };
    // (1 + 3) / sqrt(3 + 1) * 2 + 1 = 5; (-1 - 5) / sqrt(8 + 1) * -1 = 2
    expect(output({ inputShape: [1, 1, 2], nodes, tensors }, [1, -1]).values).toEqual([5, 2]);
  });

  it('runFloat() ignores padded taps of a maximum and counts them in a mean when pooling', () => {
    const pool = { name: 'y', input: 'input', size: 2, stride: 2, padding: 1 } as const;
    const { inputShape } = square;
    // each window of 2 x 2 holds one value of the map and three padded taps
    expect(output({ inputShape, nodes: [{ ...pool, kind: 'maxPool' }] }, [-1, -2, -3, -4])).toEqual(
      { shape: [2, 2, 1], values: [-1, -2, -3, -4] },
    );
    expect(
      output({ inputShape, nodes: [{ ...pool, kind: 'avgPool' }] }, [-1, -2, -3, -4]).values,
    ).toEqual([-0.25, -0.5, -0.75, -1]);
  });

  it('runFloat() keeps every map when nodes follow each other', () => {
    const nodes: FloatNode[] = [
      { name: 'r', kind: 'relu', input: 'input' },
      { name: 's', kind: 'add', inputs: ['input', 'r'] },
      { name: 'flat', kind: 'flatten', input: 's' },
      { name: 'y', kind: 'adderLinear', input: 'flat', weight: 'w', bias: 'b' },
    ];
    const tensors = {
      w: { shape: [2, 4], values: [0, 0, 0, 0, 2, -2, 6, -4] },
      b: { shape: [2], values: [0, 100] },
    };
    const maps = runFloat(model({ inputShape: [2, 2, 1], nodes, tensors }), Float32Array.of(1, -2, 3, -4));
    expect([...maps.keys()]).toEqual(['input', 'r', 's', 'flat', 'y']);
    expect([...maps.get('r')!.data]).toEqual([1, 0, 3, 0]);
    expect([...maps.get('s')!.data]).toEqual([2, -2, 6, -4]);
    // -(2 + 2 + 6 + 4) = -14; -(0) + 100
    expect([...maps.get('y')!.data]).toEqual([-14, 100]);
  });
});

describe('normalizeImage', () => {
  it('normalizeImage() takes mean and deviation of the channel when bytes are channels last', () => {
    const { inputShape, nodes } = { inputShape: [1, 2, 2] as const, nodes: [] };
    const values = normalizeImage(model({ inputShape, nodes }), Uint8Array.of(255, 0, 0, 255));
    // (1 - .5) / .5 = 1, (0 - .25) / .25 = -1, (0 - .5) / .5 = -1, (1 - .25) / .25 = 3
    expect([...values]).toEqual([1, -1, -1, 3]);
  });
});
