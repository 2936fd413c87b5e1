import { type Issue, throwIfAny } from '../issues.ts';
import { layerWithoutConstants } from './accumulate-layer.ts';
import type { CorrectedLayer } from './correct.ts';
import type { FoldedLayer } from './fold-network.ts';
import { largestAcc } from './fold-weights.ts';
import { freezeAffine } from './freeze-affine.ts';
import type { LoweredLayer } from './lowered.ts';
import { operandCoding } from './map-coding.ts';
import type { QuantizedLayer } from './types.ts';

/** The accumulators of hardware and kernels are 32-bit integers. */
const ACC_LIMIT = 2 ** 31;

/**
 * Pass 6, freeze: every real constant becomes an integer and a shift. It is the last pass, as nothing after it could
 * move a constant by less than a rounding step. Throws a DesignError with all constants that do not fit.
 */
export function freezeNetwork(
  network: readonly FoldedLayer[],
  corrected: readonly CorrectedLayer[],
): QuantizedLayer[] {
  const issues: Issue[] = [];
  const layers = network.map((step, i) => {
    const { layer, folded, input, inputShift, output, residual, widths } = step;
    const read = layer.kind === 'adder' ? operandCoding(input, inputShift, widths.actWidth) : input;
    const largest = largestAcc(layer, folded, read, widths);
    if (largest >= ACC_LIMIT) issues.push(sumsTooWide(layer, largest));
    const constants = { ...corrected[i], layer, largestAcc: largest, output, residual };
    return { ...layerWithoutConstants(step), ...freezeAffine(constants, issues) };
  });
  throwIfAny(issues);
  return layers;
}

function sumsTooWide(layer: LoweredLayer, largest: number): Issue {
  return {
    problem: `Cannot quantize layer "${layer.name}": its sums reach ${largest}, ${ACC_LIMIT - 1} is the largest`,
    remedy: 'Reduce the number of inputs of the layer, or the width of the activations',
  };
}
