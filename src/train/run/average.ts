import { isTrained, parameterView } from '../network/parameters.ts';
import type { Parameter } from '../types.ts';

/** Mean of equally long arrays, summed in their order, written to the first. */
export function averageSlots(slots: readonly Float32Array[]): Float32Array {
  const [mean, ...others] = slots;
  if (others.length === 0) return mean;
  for (const other of others) for (let i = 0; i < mean.length; i++) mean[i] += other[i];
  for (let i = 0; i < mean.length; i++) mean[i] /= slots.length;
  return mean;
}

/** Copy what is averaged instead of trained: the running statistics of batch normalization. */
export function copyStatistics(
  layout: readonly Parameter[],
  { from, to }: { readonly from: Float32Array; readonly to: Float32Array },
): void {
  for (const parameter of layout) {
    if (!isTrained(parameter)) parameterView(parameter, to).set(parameterView(parameter, from));
  }
}
