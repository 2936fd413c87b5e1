import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { measureGradients } from '../../src/analyze/measure-gradients.ts';
import { DesignError } from '../../src/issues.ts';
import { useBackend } from '../../src/train/backend.ts';
import { tinyModel } from '../cli/tiny-model.ts';
import { oneLayer } from './one-layer-model.ts';

beforeAll(async () => {
  await useBackend('wasm');
});

describe('measureGradients()', () => {
  // Two images of one pixel, bytes 255 and 0: x = (1 - 0.5) / 0.5 = 1 and -1. Two classes, labels 0 and 1.
  const images = Uint8Array.of(255, 0);
  const labels = Uint8Array.of(0, 1);
  const batch = { images, labels, count: 2, eta: 0.2 };

  it('differentiates products as by hand', () => {
    // Weights 0: logits 0, probabilities 1/2, loss ln 2. Logit gradients ((-1/2, 1/2), (1/2, -1/2)) / 2; times x = 1 and
    // -1 and summed: (-1/2, 1/2), norm sqrt(1/2).
    const model = oneLayer('linear', Float32Array.of(0, 0), { inputs: 1, std: 0.5 });
    const { loss, layers, images: used } = measureGradients({ ...batch, model });
    expect(used).toBe(2);
    expect(loss).toBeCloseTo(Math.LN2, 6);
    expect(layers).toEqual([
      { layer: 'layer', kind: 'product', weights: 2, norm: expect.closeTo(Math.SQRT1_2, 6) },
    ]);
  });

  it('differentiates absolute differences by eq 5, and scales by eq 11', () => {
    // Weights 0: logits -|x| = -1 all, so the same logit gradients; eq 5 multiplies by X - F = 1 and -1: the same
    // norm sqrt(1/2). Eq 11: alpha = 0.2 sqrt(2) / sqrt(1/2) = 0.4, norm 0.2 sqrt(2).
    const model = oneLayer('adderLinear', Float32Array.of(0, 0), { inputs: 1, std: 0.5 });
    const [layer] = measureGradients({ ...batch, model }).layers;
    expect(layer.norm).toBeCloseTo(Math.SQRT1_2, 6);
    expect(layer.adaptive?.alpha).toBeCloseTo(0.4, 6);
    expect(layer.adaptive?.norm).toBeCloseTo(0.2 * Math.SQRT2, 6);
  });

  it('gives every adder layer of a network the gradient eta a weight, and leaves no tensor behind', () => {
    const model = tinyModel();
    const count = 4;
    const many = {
      images: Uint8Array.from({ length: count * 192 }, (_, i) => (i * 37) % 256),
      labels: Uint8Array.of(0, 3, 9, 1),
      count,
      eta: 0.2,
    };
    const before = tf.memory().numTensors;
    const { layers } = measureGradients({ ...many, model });
    expect(tf.memory().numTensors).toBe(before);
    expect(layers.map(({ layer, kind }) => `${layer} ${kind}`)).toEqual([
      'stem product',
      'first adder',
      'second adder',
      'fc product',
    ]);
    for (const { kind, norm, adaptive, weights } of layers) {
      expect(norm).toBeGreaterThan(0);
      if (kind === 'product') expect(adaptive).toBeUndefined();
      else expect(adaptive!.norm / Math.sqrt(weights)).toBeCloseTo(0.2, 6);
    }
  });

  it('refuses labels that the network has no outputs for', () => {
    const model = oneLayer('linear', Float32Array.of(0, 0), { inputs: 1, std: 0.5 });
    const wrong = { ...batch, model, labels: Uint8Array.of(0, 7) };
    expect(() => measureGradients(wrong)).toThrow(DesignError);
    expect(() => measureGradients(wrong)).toThrow(/2 outputs, the images have labels up to 7/);
  });
});
