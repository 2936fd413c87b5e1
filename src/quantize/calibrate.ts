/**
 * @file The first pass: what the float network does on training images.
 */
import { throwIfAny } from '../issues.ts';
import { compileKernels } from '../kernels/instance.ts';
import type { FloatModel } from '../model/types.ts';
import { findUnboundedSums } from './check-numbers.ts';
import { checkOptions } from './check-options.ts';
import { lower } from './lower.ts';
import { type CalibrationImages, observe } from './observe.ts';
import type { Observed } from './observed.ts';
import type { QuantizeWidths } from './widths.ts';

export interface CalibrateOptions extends CalibrationImages {
  readonly model: FloatModel;
  readonly widths: QuantizeWidths;
}

/**
 * Pass 1, calibrate: lower a network and run it on training images. All later passes look at this and at nothing else.
 *
 * `progress` is told the images done, up to `count`. Deterministic. Throws a DesignError for widths, images and
 * graphs that cannot be quantized.
 */
export async function calibrate(
  options: CalibrateOptions,
  progress: (done: number) => void,
): Promise<Observed> {
  const { model, images, count, widths, threads } = options;
  const network = lower(model);
  checkOptions({ network, bytes: images.length, count, ...widths });
  const module = await compileKernels();
  const observation = await observe(model, network, { images, count, threads }, progress);
  throwIfAny(findUnboundedSums(observation.raw));
  return { network, observation, module };
}
