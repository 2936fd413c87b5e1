import type { FloatModel } from '../../model/types.ts';
import { type QuantizeOptions, quantize } from '../../quantize/quantize.ts';
import { clampWeights, type RoundedModel } from './clamp-weights.ts';

/**
 * Make a model ready to be fine-tuned for few bits: rounded as `quantize` rounds it, weights clamped.
 *
 * With fake quantization it then computes what the quantized network computes, and that is where training begins. A
 * model that was fine-tuned for these widths keeps its rounding. Throws a `DesignError` for widths, images and graphs
 * that cannot be quantized.
 */
export async function prepareTuning(options: QuantizeOptions): Promise<RoundedModel> {
  const model: FloatModel = options.model;
  const { rounding } = await quantize(options);
  return clampWeights({ model, rounding });
}
