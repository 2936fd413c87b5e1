import { describe, expect, it } from 'vitest';
import { planDesign } from '../../generator/plan/plan.ts';
import { planCost } from '../../generator/plan/plan-cost.ts';
import { checkBudget, chooseBudgetWidths } from '../../src/flow/choose-widths.ts';
import { designCost } from '../../src/flow/design-cost.ts';
import { openTrainingImages } from '../../src/flow/images.ts';
import { quantize } from '../../src/quantize/quantize.ts';
import { completeWidths } from '../../src/quantize/widths.ts';
import { tinyModel } from '../cli/tiny-model.ts';

const choice = { rows: 2, cols: 2 };
const float = tinyModel();
const training = await openTrainingImages({
  source: { name: 'drawn' },
  limit: 16,
  shape: float.inputShape,
});
const calibrated = { model: float, images: training.images, count: training.count, threads: 1 };
const quantized = async (bits: number) => {
  const widths = completeWidths({ actWidth: bits, weightWidth: bits });
  return (await quantize({ ...calibrated, ...widths })).model;
};

describe('designCost()', () => {
  it('says at the full width what the plan says, and follows the widest layer', async () => {
    const model = await quantized(8);
    const cost = designCost(model, choice);
    const layers = model.layers.filter(({ kind }) => kind === 'adder').map(({ name }) => name);
    const all = (actWidth: number, weightWidth: number) =>
      new Map(layers.map((name) => [name, { actWidth, weightWidth }]));
    expect(cost(all(8, 8))).toEqual(planCost(planDesign(model, choice)));
    // Two elements a column of 2 bits a LUT each: 4 elements, 4 bits fewer, 2 LUT a bit.
    expect(cost(all(8, 8)).lut - cost(all(4, 4)).lut).toBe(4 * 4 * 2);
    const mixed = new Map([...all(4, 4), [layers[0], { actWidth: 8, weightWidth: 8 }] as const]);
    expect(cost(mixed)).toEqual(cost(all(8, 8)));
  });
});

describe('chooseBudgetWidths()', () => {
  it('keeps to the budget and leaves nothing of it unused that a wider array could have', async () => {
    const eight = planCost(planDesign(await quantized(8), choice));
    // Room for an array of 5 bits, not of 6: 4 elements of 2 LUT a bit.
    const budget = { lut: eight.lut - 3 * 4 * 2 };
    const widths = await chooseBudgetWidths(calibrated, { budget, choice }, {});
    expect(Math.max(widths.actWidth, widths.weightWidth)).toBe(5);
    const { model } = await quantize({ ...calibrated, ...widths });
    expect(checkBudget(model, { budget, choice }).lut).toBeLessThanOrEqual(budget.lut);
  });

  it('says what the narrowest design takes when that is too much', async () => {
    const budget = { cycles: 10 };
    await expect(chooseBudgetWidths(calibrated, { budget, choice }, {})).rejects.toThrow(
      /Cannot keep to the budget: with the fewest bits in every layer the network takes cycles \d+, 10 is allowed/,
    );
  });
});

describe('checkBudget()', () => {
  it('names what exceeds the budget', async () => {
    const model = await quantized(4);
    const { bram } = planCost(planDesign(model, choice));
    expect(() => checkBudget(model, { budget: { bram: bram - 0.5, lut: 1e6 }, choice })).toThrow(
      `bram ${bram}, ${bram - 0.5} is allowed`,
    );
  });
});
