/**
 * @file Weights of multiplying layers as the integer network has them.
 */
import { CONV_PLANES } from '../../quantize/fold-weights.ts';
import { oddWeights } from '../../quantize/odd-weights.ts';
import type { Parameter } from '../types.ts';
import { fromLayersOrder, toLayersOrder } from './layout.ts';
import { parameterView } from './parameters.ts';

/**
 * Round the weights of multiplying layers in a flat array of parameters, in place.
 *
 * A network that computes with them gives their gradients straight through: those of the weights that were rounded.
 */
export function roundProducts(layout: readonly Parameter[], flat: Float32Array): void {
  for (const parameter of layout) {
    if (parameter.role !== 'product') continue;
    const view = parameterView(parameter, flat);
    const channels = parameter.shape.at(-1)!;
    const shape = [channels, view.length / channels];
    const { data } = fromLayersOrder(shape, view);
    const { weights, steps } = oddWeights({ weights: data, channels, planes: CONV_PLANES });
    const rounded = Float32Array.from(weights, (w, i) => w * steps[Math.floor(i / shape[1])]);
    toLayersOrder({ shape, data: rounded }, view);
  }
}
