import { expect, test } from 'vitest';
import { inputCodes } from '../src/golden/input-codes.ts';
import { runGolden } from '../src/golden/run.ts';
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
  for (const { model, images, count } of cases) {
    const maps = new Map([['input', model.input.shape]]);
    expect(images.length).toBe(count * model.input.shape.reduce((a, b) => a * b));
    for (const layer of model.layers) {
      const { affine, residual, outputShape } = layer;
      expect(layer.inputShape).toEqual(maps.get(layer.input));
      if (residual) expect(outputShape).toEqual(maps.get(residual.input));
      layer.kernel.forEach((side, i) => {
        const span = layer.inputShape[i] + 2 * layer.padding - side;
        expect(span).toBeGreaterThanOrEqual(0);
        expect(outputShape[i]).toBe(Math.floor(span / layer.stride) + 1);
      });
      for (let c = 0; c < outputShape[2]; c += 1) {
        expect(Math.abs(affine.mult[c])).toBeLessThan(2 ** 15);
        expect(affine.shift[c]).toBeLessThanOrEqual(22);
        expect(Math.abs(affine.bias[c])).toBeLessThan(2 ** 51);
        expect(Math.abs(residual?.mult[c] ?? 0)).toBeLessThan(2 ** 23);
      }
      if (layer.kind === 'adder' || layer.kind === 'conv') {
        expect(layer.weights.length).toBe(
          outputShape[2] * layer.kernel[0] * layer.kernel[1] * layer.inputShape[2],
        );
        if (layer.kind === 'conv') expect(layer.weights.every((w) => w % 2 !== 0)).toBe(true);
      } else {
        expect(outputShape[2]).toBe(layer.inputShape[2]);
      }
      expect(layer.clampLow).toBeLessThan(layer.clampHigh);
      maps.set(layer.name, outputShape);
    }
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
