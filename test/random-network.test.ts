import { expect, test } from 'vitest';
import { completeConfig } from '../generator/config.ts';
import { inputCodes } from '../src/golden/input-codes.ts';
import { runGolden } from '../src/golden/run.ts';
import { checkQuantized } from '../src/quantize/check-quantized.ts';
import type { QuantizedLayer } from '../src/quantize/types.ts';
import { type RandomCase, randomCase } from './random-network.ts';

const cases: readonly RandomCase[] = Array.from({ length: 300 }, (_, seed) => randomCase(seed));
const layers = cases.flatMap(({ model }) => model.layers);

function share(holds: (layer: QuantizedLayer) => boolean): number {
  return layers.filter(holds).length / layers.length;
}

test('randomCase() repeats itself when the seed is the same', () => {
  expect(randomCase(17)).toEqual(randomCase(17));
  expect(randomCase(17).images).not.toEqual(randomCase(18).images);
});

test('randomCase() keeps the rules of QuantizedModel', () => {
  for (const { model, hardware, images, count } of cases) {
    expect(checkQuantized(model)).toEqual([]);
    expect(completeConfig(hardware)).toEqual(hardware);
    expect(images.length).toBe(count * model.input.shape.reduce((a, b) => a * b));
  }
});

test('randomCase() draws every feature often enough', () => {
  expect(share(({ kind }) => kind === 'adder')).toBeGreaterThan(0.3);
  expect(share(({ kind }) => kind === 'conv')).toBeGreaterThan(0.15);
  expect(share(({ kind }) => kind === 'maxPool')).toBeGreaterThan(0.05);
  expect(share(({ kind }) => kind === 'sumPool')).toBeGreaterThan(0.05);
  expect(share(({ residual }) => residual !== undefined)).toBeGreaterThan(0.1);
  expect(share(({ residual, input }) => residual?.input === input)).toBeGreaterThan(0.03);
  expect(share(({ residual }) => residual?.input === 'input')).toBeGreaterThan(0.02);
  expect(share(({ stride }) => stride > 1)).toBeGreaterThan(0.2);
  expect(share(({ kernel: [height, width] }) => height !== width)).toBeGreaterThan(0.2);
  expect(share(({ outSigned }) => outSigned)).toBeGreaterThan(0.05);
  const differ = cases.filter(({ model }) => {
    const adders = model.layers.filter((layer) => layer.kind === 'adder');
    return new Set(adders.map((layer) => `${layer.actWidth}/${layer.weightWidth}`)).size > 1;
  });
  expect(differ.length / cases.length).toBeGreaterThan(0.15);
});

test('randomCase() leaves most outputs inside the clamp bounds', () => {
  let inside = 0;
  let all = 0;
  for (const { model, images, count } of cases.slice(0, 100)) {
    const size = images.length / count;
    // The last image: an all-zero or all-255 first one would say nothing.
    const codes = inputCodes(model, images.subarray((count - 1) * size));
    const tensors = runGolden(model, codes);
    for (const { name, clampLow, clampHigh } of model.layers) {
      const values = tensors.get(name)!;
      inside += values.filter((y) => y > clampLow && y < clampHigh).length;
      all += values.length;
    }
  }
  expect(inside / all).toBeGreaterThan(0.7);
});
