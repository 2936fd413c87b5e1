import { expect, test } from 'vitest';
import { arrayWidths, storedWeight } from '../../../generator/plan/array-widths.ts';
import type { AdderLayer, QuantizedModel } from '../../../src/quantize/types.ts';
import { tinyModel } from '../tiny-model.ts';

/** The tiny model with these [activation, weight] bits of its two adder layers. */
function withWidths(...widths: readonly [number, number][]): QuantizedModel {
  const layers = tinyModel.layers.map((layer, index) =>
    layer.kind === 'adder'
      ? { ...layer, actWidth: widths[index][0], weightWidth: widths[index][1] }
      : layer,
  );
  return {
    ...tinyModel,
    actWidth: Math.max(...widths.map(([act]) => act)),
    weightWidth: Math.max(...widths.map(([, weight]) => weight)),
    layers,
  };
}

test.each([
  // Alike: the elements bring them together.
  [[3, 3], [3, 3], 3, 3],
  [[6, 2], [6, 2], 6, 2],
  [[3, 5], [3, 5], 3, 5],
  // Different: operands of the widest layer, also where activations are the wider ones.
  [[3, 3], [4, 4], 4, 4],
  [[6, 2], [5, 2], 6, 6],
  [[3, 4], [2, 2], 3, 4],
  // Activations of 5 bits at most, on a grid of 6.
  [[3, 5], [5, 6], 5, 6],
] as const)('arrayWidths() for layers %j and %j has %i and %i bits', (stem, block, act, weight) => {
  expect(arrayWidths(withWidths([...stem], [...block]))).toEqual({
    actWidth: act,
    weightWidth: weight,
  });
});

test('arrayWidths() is what the model says when it has no adder layer', () => {
  const products = { ...tinyModel, actWidth: 5, weightWidth: 3, layers: tinyModel.layers.slice(2) };
  expect(arrayWidths(products)).toEqual({ actWidth: 5, weightWidth: 3 });
});

test('storedWeight() repeats a coarse code only where the memory holds operands', () => {
  const layer = { ...tinyModel.layers[0], actWidth: 5, weightWidth: 2 } as AdderLayer;
  // 10 -> 10101, in the upper bits of 7.
  expect(storedWeight(2, layer, { actWidth: 7, weightWidth: 7 })).toBe(21 * 4);
  expect(storedWeight(2, layer, { actWidth: 5, weightWidth: 2 })).toBe(2);
});
