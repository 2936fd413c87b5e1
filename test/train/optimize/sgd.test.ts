import { describe, expect, it } from 'vitest';
import {
  localScale,
  type SgdSettings,
  updateParameters,
  updateTensor,
} from '../../../src/train/optimize/sgd.ts';
import type { Parameter } from '../../../src/train/types.ts';

const adaptive: SgdSettings = {
  momentum: 0.9,
  weightDecay: 0.1,
  localRate: { kind: 'adaptive', eta: 0.2 },
};

describe('localScale()', () => {
  it('localScale() brings a gradient to the norm eta * sqrt(k)', () => {
    // norm2(3, 4, 0, 0) = 5, k = 4: 0.2 * 2 / 5 = 0.08
    const gradient = Float32Array.of(3, 4, 0, 0);
    expect(localScale(gradient, { kind: 'adaptive', eta: 0.2 })).toBeCloseTo(0.08, 12);
  });

  it('localScale() is the constant of an increased rate', () => {
    expect(localScale(Float32Array.of(3, 4), { kind: 'increased', factor: 100 })).toBe(100);
  });

  it('localScale() stays finite for a gradient of zeros', () => {
    const gradient = new Float32Array(4);
    expect(localScale(gradient, { kind: 'adaptive', eta: 0.2 })).toBeLessThan(Infinity);
  });
});

describe('updateTensor()', () => {
  const start = () => ({
    values: Float32Array.of(1, -2, 0, 4),
    velocity: Float32Array.of(0.5, 0, 0, -1),
    gradient: Float32Array.of(3, 4, 0, 0),
    rate: 0.5,
    settings: adaptive,
  });

  it('updateTensor() does momentum and weight decay as PyTorch', () => {
    const update = { ...start(), isAdder: false };
    updateTensor(update);
    // v = 0.9 v + g + 0.1 w: 0.45 + 3 + 0.1, 0 + 4 - 0.2, 0, -0.9 + 0 + 0.4
    expectClose(update.velocity, [3.55, 3.8, 0, -0.5]);
    // w - 0.5 v
    expectClose(update.values, [-0.775, -3.9, 0, 4.25]);
    expect([...update.gradient]).toEqual([3, 4, 0, 0]);
  });

  it('updateTensor() scales the gradient of an adder layer before weight decay and momentum', () => {
    const update = { ...start(), isAdder: true };
    updateTensor(update);
    // s = 0.08: 0.45 + 0.24 + 0.1, 0 + 0.32 - 0.2, 0, -0.9 + 0.4
    expectClose(update.velocity, [0.79, 0.12, 0, -0.5]);
    expectClose(update.values, [0.605, -2.06, 0, 4.25]);
  });
});

describe('updateParameters()', () => {
  it('updateParameters() treats each parameter by its role', () => {
    const layout: readonly Parameter[] = [
      { name: 'f', role: 'adder', shape: [1], offset: 0, length: 1 },
      { name: 'g', role: 'gamma', shape: [1], offset: 1, length: 1 },
      { name: 'm', role: 'mean', shape: [1], offset: 2, length: 1 },
      { name: 'v', role: 'variance', shape: [1], offset: 3, length: 1 },
    ];
    const parameters = Float32Array.of(1, 1, 1, 1);
    const velocity = new Float32Array(4);
    const gradients = Float32Array.of(-7, -7, -7, -7);
    const settings = { ...adaptive, weightDecay: 0 };
    updateParameters(layout, { parameters, velocity, gradients, rate: 1, settings });
    // An adder weight alone: norm 7 becomes 0.2; gamma steps by the whole gradient; statistics stay.
    expectClose(parameters, [1.2, 8, 1, 1]);
    expectClose(velocity, [-0.2, -7, 0, 0]);
  });
});

function expectClose(actual: Float32Array, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 6);
}
