/**
 * @file Bits of each adder layer, chosen on training images before a network is quantized.
 */
import { allocateWidths, withinWidth } from '../quantize/allocate-widths.ts';
import { meanBits } from '../quantize/mean-bits.ts';
import type { QuantizeOptions } from '../quantize/quantize.ts';
import { studyWidths } from '../quantize/study-widths.ts';
import { completeWidths, type QuantizeWidths, widestOf } from '../quantize/widths.ts';

/**
 * Choose widths with at most `mean` bits a weight and `mean` bits an activation, on the average of all of them.
 *
 * No layer gets more than two bits above the mean: the array is as wide as the widest of them. Widths in `open` (of the image and of stored maps) are kept. Throws a DesignError as `quantize` does.
 */
export async function chooseMeanWidths(
  options: Pick<QuantizeOptions, 'model' | 'images' | 'count' | 'threads'>,
  mean: number,
  open: Partial<Pick<QuantizeWidths, 'inputWidth' | 'storeWidth'>>,
): Promise<QuantizeWidths> {
  const { network, sensitivities } = await studyWidths(options);
  const budget = { weights: mean, activations: mean };
  const most = Math.ceil(mean) + 2;
  const layerWidths = allocateWidths(withinWidth(sensitivities, most), meanBits(network), budget);
  return completeWidths({ ...widestOf(layerWidths), ...open, layerWidths });
}
