import { describe, expect, it } from 'vitest';
import { measureVariances } from '../../src/analyze/measure-variances.ts';
import { predictVariance, varianceGivenWeights } from '../../src/analyze/variance-laws.ts';
import { oneLayer } from './one-layer-model.ts';
import { normalValues } from './random-normal.ts';

describe('predictVariance()', () => {
  it('is eq 7 for products and eq 8 for absolute differences', () => {
    const layer = { terms: 144, inputVariance: 0.5, weightVariance: 2 };
    // 144 * 0.5 * 2 = 144; (1 - 2 / pi) * 144 * 2.5 = 0.363380 * 360 = 130.8169
    expect(predictVariance({ kind: 'product', ...layer })).toBe(144);
    expect(predictVariance({ kind: 'adder', ...layer })).toBeCloseTo(130.8169, 3);
  });
});

describe('varianceGivenWeights()', () => {
  it('counts the weights of products only', () => {
    const layer = { terms: 10, inputVariance: 0.5, weightSquare: 3 };
    expect(varianceGivenWeights({ kind: 'product', ...layer })).toBe(15);
    expect(varianceGivenWeights({ kind: 'adder', ...layer })).toBe(5);
  });
});

describe('measureVariances()', () => {
  const INPUTS = 64;
  const OUTPUTS = 256;
  const IMAGES = 200;
  // Normal bytes around 127.5 of deviation 32: with std 0.125 the network reads x = (byte / 255 - 0.5) / 0.125, of deviation 1.
  const images = Uint8Array.from(normalValues(IMAGES * INPUTS, 32, 5), (value) =>
    Math.min(255, Math.max(0, Math.round(127.5 + value))),
  );

  it.each([
    ['linear', 1],
    ['linear', 0.2],
    ['adderLinear', 1],
    ['adderLinear', 0.2],
    ['adderLinear', 3],
  ] as const)(
    'agrees with the law for a %s layer whose assumptions hold, Var[F] = %f^2',
    async (kind, deviation) => {
      const weights = normalValues(INPUTS * OUTPUTS, deviation, 6);
      const model = oneLayer(kind, weights, { inputs: INPUTS, std: 0.125 });
      const [layer] = await measureVariances({ model, images, count: IMAGES, threads: 1 });
      expect(layer).toMatchObject({
        layer: 'layer',
        kind: kind === 'linear' ? 'product' : 'adder',
        terms: INPUTS,
      });
      expect(layer.input.variance).toBeCloseTo(1, 1);
      expect(layer.weight.variance / deviation ** 2).toBeCloseTo(1, 1);
      // 51,200 outputs, but of 200 images and 256 channels only: within 12 %.
      expect(Math.abs(layer.measured / layer.predicted - 1)).toBeLessThan(0.12);
      expect(layer.withinChannels).toBeLessThan(layer.measured);
    },
  );

  it('finds a variance within channels that is about that of the inputs when weights are beyond them', async () => {
    // All weights +-20, inputs within +-4: |x - w| = 20 -+ x, so the sum varies by 64 Var[X], the channels not at all but for it.
    const weights = normalValues(INPUTS * OUTPUTS, 1, 7).map((value) => (value > 0 ? 20 : -20));
    const model = oneLayer('adderLinear', weights, { inputs: INPUTS, std: 0.125 });
    const [layer] = await measureVariances({ model, images, count: IMAGES, threads: 1 });
    expect(layer.givenWeights).toBeCloseTo(64 * layer.input.variance, 6);
    expect(Math.abs(layer.withinChannels / layer.givenWeights - 1)).toBeLessThan(0.12);
    // Eq 8 takes the weights' variance of 400 as spread of the sums.
    expect(layer.predicted).toBeGreaterThan(100 * layer.measured);
  });
});
