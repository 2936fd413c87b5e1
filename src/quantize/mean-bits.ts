import type { Amounts, WidthCost } from './allocate-widths.ts';
import type { LoweredNetwork } from './lowered.ts';
import type { LayerWidths } from './widths.ts';

/** The mean width of all adder weights, and of the activations that adder layers read, each layer's map counted once. */
export function meanBits({ layers }: LoweredNetwork): WidthCost {
  const adders = layers.filter(({ kind }) => kind === 'adder');
  const weights = adders.map((layer) => [layer.name, layer.weights.length] as const);
  const activations = adders.map(
    ({ name, inputShape }) => [name, inputShape.reduce((a, b) => a * b, 1)] as const,
  );
  return (widths: LayerWidths): Amounts => ({
    weights: weightedMean(weights, (name) => widths.get(name)!.weightWidth),
    activations: weightedMean(activations, (name) => widths.get(name)!.actWidth),
  });
}

function weightedMean(
  parts: readonly (readonly [string, number])[],
  widthOf: (name: string) => number,
): number {
  const [sum, count] = parts.reduce(
    ([total, size], [name, part]) => [total + part * widthOf(name), size + part],
    [0, 0],
  );
  return sum / Math.max(1, count);
}
