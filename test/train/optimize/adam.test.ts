import { describe, expect, it } from 'vitest';
import { updateByAdam } from '../../../src/train/optimize/adam.ts';
import type { Parameter, ParameterRole } from '../../../src/train/types.ts';

const roles: readonly ParameterRole[] = ['adder', 'gamma', 'beta', 'mean', 'variance', 'product'];
const layout = roles.map(
  (role, i): Parameter => ({ name: role, role, shape: [2], offset: 2 * i, length: 2 }),
);

describe('updateByAdam()', () => {
  it('updateByAdam() steps by the rate whatever the gradient, and leaves statistics alone', () => {
    const parameters = new Float32Array(12).fill(1);
    // gamma's root mean square is 5
    parameters.set([1, 7], 2);
    const before = parameters.slice();
    const [velocity, squares] = [new Float32Array(12), new Float32Array(12)];
    const gradients = Float32Array.from({ length: 12 }, (_, i) => (i % 2 ? 1e-3 : -40));
    const flat = { parameters, velocity, squares, gradients };
    updateByAdam(layout, { ...flat, rate: 0.01, affineRate: 3, taken: 0 });
    const steps = [0.01, 0.15, 0.15, 0, 0, 0.03];
    for (const [i, value] of parameters.entries()) {
      const step = steps[i >> 1];
      expect(value, layout[i >> 1].name).toBeCloseTo(before[i] + (i % 2 ? -step : step), 5);
    }
  });

  it('updateByAdam() follows the published formulas over several steps', () => {
    const [weights] = layout;
    const parameters = Float32Array.of(1, -2);
    const [velocity, squares] = [new Float32Array(2), new Float32Array(2)];
    let [w, m, v] = [1, 0, 0];
    for (const [taken, g] of [3, -1, 0.5].entries()) {
      const gradients = Float32Array.of(g, 0);
      const flat = { parameters, velocity, squares, gradients };
      updateByAdam([weights], { ...flat, rate: 0.1, affineRate: 1, taken });
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      const unbiased = [m / (1 - 0.9 ** (taken + 1)), v / (1 - 0.999 ** (taken + 1))];
      w -= (0.1 * unbiased[0]) / (Math.sqrt(unbiased[1]) + 1e-8);
      expect(parameters[0]).toBeCloseTo(w, 5);
    }
    // No gradient, no step.
    expect(parameters[1]).toBe(-2);
  });
});
