/**
 * @file The first half of quantization: what the float network does, and the coding of each of its maps.
 */
import { compileKernels } from '../kernels/instance.ts';
import type { KernelModule } from '../kernels/web-assembly.ts';
import type { FloatModel } from '../model/types.ts';
import { checkOptions } from './check-options.ts';
import { type ChosenCodings, chooseRanges } from './choose-ranges.ts';
import { lower } from './lower.ts';
import type { LoweredNetwork } from './lowered.ts';
import { type CalibrationImages, type Observation, observe } from './observe.ts';
import { outputVariances } from './range-cost.ts';
import { type Correction, trainedRounding } from './rounding.ts';
import type { QuantizeWidths } from './widths.ts';

export interface CalibrateOptions extends CalibrationImages {
  readonly model: FloatModel;
  readonly widths: QuantizeWidths;
}

export interface Calibration extends ChosenCodings {
  readonly network: LoweredNetwork;
  readonly observation: Observation;
  readonly module: KernelModule;
  /** Corrections of the layers' sums, where the model was fine-tuned with some. */
  readonly corrections?: ReadonlyMap<string, Correction> | undefined;
}

/**
 * Lower a network, run it on training images, and choose one coding for each map.
 *
 * A model that was fine-tuned for these widths brings its codings along.
 * `progress` is told the images done, up to `count`. Deterministic. Throws a DesignError for widths, images and
 * graphs that cannot be quantized.
 */
export async function calibrate(
  options: CalibrateOptions,
  progress: (done: number) => void,
): Promise<Calibration> {
  const { model, images, count, widths, threads } = options;
  const network = lower(model);
  checkOptions({ network, bytes: images.length, count, ...widths });
  const module = await compileKernels();
  const observation = await observe(model, network, { images, count, threads }, progress);
  const trained = trainedRounding(model, network, widths);
  if (trained !== undefined) return { network, observation, module, ...trained };
  const variances = outputVariances({ network, observation });
  const context = { network, observation, widths, module, variances };
  const chosen = await chooseRanges(context, model.normalization);
  return { network, observation, module, ...chosen };
}
