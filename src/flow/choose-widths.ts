/**
 * @file Bits of each adder layer, chosen on training images before a network is quantized.
 */
import type { HardwareConfig } from '../../generator/config.ts';
import { planDesign } from '../../generator/plan/plan.ts';
import { type PlanCost, planCost } from '../../generator/plan/plan-cost.ts';
import { fail } from '../issues.ts';
import { type Amounts, allocateWidths } from '../quantize/allocate-widths.ts';
import { meanBits } from '../quantize/mean-bits.ts';
import { type QuantizeOptions, quantize } from '../quantize/quantize.ts';
import { studyWidths } from '../quantize/study-widths.ts';
import type { QuantizedModel } from '../quantize/types.ts';
import { completeWidths, type QuantizeWidths, widestOf } from '../quantize/widths.ts';
import { designCost } from './design-cost.ts';

type Calibrated = Pick<QuantizeOptions, 'model' | 'images' | 'count' | 'threads'>;
type StoredWidths = Partial<Pick<QuantizeWidths, 'inputWidth' | 'storeWidth'>>;

/** Most of each amount that a design may take. */
export type Budget = Partial<PlanCost>;

/**
 * Choose widths with at most `mean` bits a weight and `mean` bits an activation, on the average of all of them.
 *
 * Widths in `open` (of the image and of stored maps) are kept. Throws a DesignError as `quantize` does.
 */
export async function chooseMeanWidths(
  options: Calibrated,
  mean: number,
  open: StoredWidths,
): Promise<QuantizeWidths> {
  const { network, sensitivities } = await studyWidths(options);
  const budget = { weights: mean, activations: mean };
  const layerWidths = allocateWidths(sensitivities, meanBits(network), budget);
  return completeWidths({ ...widestOf(layerWidths), ...open, layerWidths });
}

/**
 * Choose the widths that lose least among those whose design keeps to a budget.
 *
 * Throws a DesignError as `quantize` does, and with what the narrowest design takes when that is too much.
 */
export async function chooseBudgetWidths(
  options: Calibrated,
  { budget, choice }: { readonly budget: Budget; readonly choice: Partial<HardwareConfig> },
  open: StoredWidths,
): Promise<QuantizeWidths> {
  const { sensitivities } = await studyWidths(options);
  const wide = completeWidths({ actWidth: 8, weightWidth: 8, ...open });
  const { model } = await quantize({ ...options, ...wide, actWidth: wide.storeWidth });
  const cost = designCost(model, choice);
  const layerWidths = allocateWidths(sensitivities, cost, budget as Amounts);
  return completeWidths({ ...widestOf(layerWidths), ...open, layerWidths });
}

/** What the planner says of a quantized network's design; throws a DesignError where that is more than the budget. */
export function checkBudget(
  model: QuantizedModel,
  { budget, choice }: { readonly budget: Budget; readonly choice: Partial<HardwareConfig> },
): PlanCost {
  const cost = planCost(planDesign(model, choice));
  const over = (Object.keys(budget) as (keyof PlanCost)[]).filter(
    (name) => cost[name] > budget[name]!,
  );
  if (over.length > 0) {
    fail(
      `Cannot keep to the budget: the network as quantized takes ${over.map((name) => `${name} ${cost[name]}, ${budget[name]} is allowed`).join('; ')}`,
      'Allow a little less when widths are chosen: packed weights are not known exactly before',
    );
  }
  return cost;
}
