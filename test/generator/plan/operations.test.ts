import { expect, test } from 'vitest';
import { completeConfig } from '../../../generator/config.ts';
import { inputCopy, planOperations } from '../../../generator/plan/operations.ts';
import type { QuantizedModel } from '../../../src/quantize/types.ts';
import { tinyModel } from '../tiny-model.ts';

const config = completeConfig({ rows: 4, cols: 2 });

test('planOperations() packs the first window into full words', () => {
  const { operations, window, inputWords } = planOperations(tinyModel, config);
  expect(window).toEqual({ kernelY: 3, kernelX: 3, stride: 1, pad: 1, padCode: 3 });
  // 9 terms on 4 rows: 3 words a pixel, one lane in the last; 16 pixels.
  expect(operations[0].walk).toMatchObject({ words: 3, lastLanes: 1, kernelY: 1, pad: 0 });
  expect(inputWords).toBe(48);
});

test('planOperations() reads tap by tap when packing wins nothing', () => {
  const { window, operations } = planOperations(tinyModel, completeConfig({ rows: 1, cols: 2 }));
  expect(window).toBeNull();
  expect(operations[0].walk).toMatchObject({ kernelY: 3, kernelX: 3, words: 1, pad: 1 });
});

test('planOperations() reads tap by tap when another layer reads the input too', () => {
  const [stem, block, ...rest] = tinyModel.layers;
  const twice: QuantizedModel = {
    ...tinyModel,
    layers: [
      stem,
      block,
      {
        ...block,
        name: 'again',
        input: 'input',
        inputShape: [4, 4, 1],
        residual: undefined,
      } as never,
      ...rest,
    ],
  };
  expect(planOperations(twice, config).window).toBeNull();
});

test('planOperations() copies an input that is its own residual', () => {
  const [stem] = tinyModel.layers;
  const own = {
    ...stem,
    residual: { input: 'input', zeroPoint: 3, mult: Int32Array.from([1, 1]) },
  };
  const { operations } = planOperations({ ...tinyModel, layers: [own] }, config);
  expect(operations.map(({ layer, inserted, tensor }) => [layer.input, inserted, tensor])).toEqual([
    ['input', true, 'input'],
    [inputCopy, false, 'stem'],
  ]);
});

test('planOperations() cuts channels into tiles and weights into passes', () => {
  const { operations } = planOperations(tinyModel, config);
  expect(
    operations.map(({ tiles, passes, tileChannels }) => [tiles, passes.length, tileChannels]),
  ).toEqual([
    [1, 1, 2],
    [1, 1, 2],
    // Pooling: gcd(4, 2) lanes.
    [1, 1, 2],
    // 3 classes on 2 columns, 3-bit weights.
    [2, 3, 2],
  ]);
});

test('planOperations() takes single bits where that saves enough cycles', () => {
  const [, , , classifier] = tinyModel.layers;
  // The classifier alone, on 4-bit codes and a 3-bit array: two slices of 3 planes, or one slice and one bit of 3 planes at once.
  const product = {
    ...tinyModel,
    actWidth: 3,
    weightWidth: 3,
    input: { ...tinyModel.input, shape: [2, 2, 2] as const },
    layers: [{ ...classifier, input: 'input' }],
  };
  expect(planOperations(product, config).operations[0].passes).toHaveLength(4);
  // Behind a map of 128 x 128 pixels nobody would notice.
  const [, block] = tinyModel.layers;
  const layers = [
    { ...block, residual: undefined, actWidth: 3, weightWidth: 3, input: 'input' },
    classifier,
  ];
  const large = {
    ...product,
    input: { ...product.input, shape: [128, 128, 2] as const },
    layers: [
      { ...layers[0], inputShape: [128, 128, 2] as const, outputShape: [128, 128, 2] as const },
      { ...layers[1], input: 'block', inputShape: [128, 128, 2] as const },
    ] as unknown as QuantizedModel['layers'],
  };
  expect(planOperations(large, config).operations[1].passes).toHaveLength(6);
});
