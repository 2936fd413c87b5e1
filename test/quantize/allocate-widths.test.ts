import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allocateWidths,
  type Sensitivities,
  type WidthCost,
  withinWidth,
} from '../../src/quantize/allocate-widths.ts';
import type { LayerWidths } from '../../src/quantize/widths.ts';

const WIDTHS = [2, 4, 8];

/** An error of `weight * 4^-width` for each of both widths. */
const layerOf = (weight: number) =>
  WIDTHS.flatMap((actWidth) =>
    WIDTHS.map((weightWidth) => ({
      actWidth,
      weightWidth,
      error: weight * (4 ** -actWidth + 4 ** -weightWidth),
    })),
  );

/** Layer a does ten times the harm that b does. */
const sensitivities: Sensitivities = new Map([
  ['a', layerOf(10)],
  ['b', layerOf(1)],
]);

const bits: WidthCost = (layers) => ({
  activations: [...layers.values()].reduce((sum, { actWidth }) => sum + actWidth, 0),
  weights: [...layers.values()].reduce((sum, { weightWidth }) => sum + weightWidth, 0),
});

const plain = (widths: LayerWidths) =>
  Object.fromEntries([...widths].map(([name, at]) => [name, [at.actWidth, at.weightWidth]]));

describe('allocateWidths()', () => {
  it('keeps the widest of everything when nothing is limited', () => {
    expect(plain(allocateWidths(sensitivities, bits, {}))).toEqual({ a: [8, 8], b: [8, 8] });
  });

  it('takes bits where they do least harm', () => {
    // 12 of 16 bits of activations: one layer may keep 8. Weights are not limited.
    const widths = allocateWidths(sensitivities, bits, { activations: 12 });
    expect(plain(widths)).toEqual({ a: [8, 8], b: [4, 8] });
    // 4^-8 counts as nothing. a at 4 bits and b at 8, 4, 2: 0.04 and 0, 0.004, 0.06 are the errors.
    const both = allocateWidths(sensitivities, bits, { activations: 10, weights: 6 });
    expect(plain(both)).toEqual({ a: [4, 4], b: [4, 2] });
  });

  it('narrows layers together when only the widest of them costs anything', () => {
    // An array as wide as the widest layer: no single layer saves a thing.
    const array: WidthCost = (layers) => ({
      lut: Math.max(...[...layers.values()].map((at) => Math.max(at.actWidth, at.weightWidth))),
    });
    const widths = allocateWidths(sensitivities, array, { lut: 4 });
    expect(plain(widths)).toEqual({ a: [4, 4], b: [4, 4] });
  });

  it('keeps to any budget that can be kept and leaves nothing of it that would help', () => {
    const errors = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 4 });
    const block = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(
        errors,
        block,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (sizes, size, share) => {
          const random = new Map(sizes.map((weight, i) => [`layer${i}`, layerOf(weight)]));
          const cost: WidthCost = (layers) => ({ bram: Math.ceil(bits(layers).weights / size) });
          const [least, most] = [2, 8].map((width) => Math.ceil((width * sizes.length) / size));
          const budget = { bram: Math.round(least + share * (most - least)) };
          const chosen = allocateWidths(random, cost, budget);
          expect(cost(chosen).bram).toBeLessThanOrEqual(budget.bram);
          for (const [layer, at] of chosen) {
            const wider = WIDTHS.find((width) => width > at.weightWidth);
            if (wider === undefined) continue;
            const more = new Map(chosen).set(layer, { ...at, weightWidth: wider });
            expect(cost(more).bram).toBeGreaterThan(budget.bram);
          }
        },
      ),
    );
  });

  it('gives no layer more bits than withinWidth() leaves', () => {
    const widths = allocateWidths(withinWidth(sensitivities, 4), bits, {});
    expect(plain(widths)).toEqual({ a: [4, 4], b: [4, 4] });
  });

  it('says what the narrowest layers take when the budget cannot be kept', () => {
    expect(() => allocateWidths(sensitivities, bits, { activations: 3, weights: 9 })).toThrow(
      'Cannot keep to the budget: with the fewest bits in every layer the network takes activations 4, 3 is allowed',
    );
  });
});
