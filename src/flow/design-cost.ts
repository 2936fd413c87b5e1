/**
 * @file What the accelerator of a network would take at any widths of its layers, for `allocateWidths`.
 */
import type { HardwareConfig } from '../../generator/config.ts';
import { planDesign } from '../../generator/plan/plan.ts';
import { planCost } from '../../generator/plan/plan-cost.ts';
import type { OperandWidths } from '../fixed/operand.ts';
import type { Amounts, WidthCost } from '../quantize/allocate-widths.ts';
import type { QuantizedModel } from '../quantize/types.ts';
import { widestOf } from '../quantize/widths.ts';

/**
 * The planner's `lut`, `bram` and `cycles`.
 *
 * All layers share one array and one weight memory, so what counts are the widest activations and weights of any layer:
 * one plan for each pair of them, made of `model` with its codes shortened. A quantization at these widths has other
 * constants and codes; LUTs are of a table, block RAM of packed weights differs by a few per cent.
 */
export function designCost(model: QuantizedModel, choice: Partial<HardwareConfig>): WidthCost {
  const known = new Map<string, Amounts>();
  return (layers) => {
    const widest = widestOf(layers);
    const key = `${widest.actWidth} ${widest.weightWidth}`;
    const cost = known.get(key) ?? { ...planCost(planDesign(shortened(model, widest), choice)) };
    known.set(key, cost);
    return cost;
  };
}

/** The model with the upper bits of its weights' codes, its adder layers reading the upper bits of their maps. */
function shortened(
  model: QuantizedModel,
  { actWidth, weightWidth }: OperandWidths,
): QuantizedModel {
  return {
    ...model,
    actWidth,
    weightWidth,
    layers: model.layers.map((layer) =>
      layer.kind === 'adder'
        ? {
            ...layer,
            actWidth,
            weightWidth,
            inputShift: layer.inputShift + layer.actWidth - actWidth,
            weights: layer.weights.map((code) => code >> (layer.weightWidth - weightWidth)),
          }
        : layer,
    ),
  };
}
