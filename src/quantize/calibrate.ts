/**
 * @file The first half of quantization: what the float network does, and the coding of each of its maps.
 */
import type { OperandWidths } from '../fixed/operand.ts';
import { compileKernels } from '../kernels/instance.ts';
import type { KernelModule } from '../kernels/web-assembly.ts';
import type { FloatModel } from '../model/types.ts';
import { checkOptions } from './check-options.ts';
import { chooseRanges } from './choose-ranges.ts';
import { lower } from './lower.ts';
import type { LoweredNetwork } from './lowered.ts';
import type { MapCoding } from './map-coding.ts';
import { type CalibrationImages, type Observation, observe } from './observe.ts';
import { outputVariances } from './range-error.ts';

export interface CalibrateOptions extends OperandWidths, CalibrationImages {
  readonly model: FloatModel;
}

export interface Calibration {
  readonly network: LoweredNetwork;
  readonly observation: Observation;
  readonly module: KernelModule;
  /** Of `input` and of every lowered layer's output, by name. */
  readonly codings: ReadonlyMap<string, MapCoding>;
}

/**
 * Lower a network, run it on training images, and choose one coding for each map.
 *
 * `progress` is told the images done, up to `count`. Deterministic. Throws a DesignError for widths, images and
 * graphs that cannot be quantized.
 */
export async function calibrate(
  options: CalibrateOptions,
  progress: (done: number) => void,
): Promise<Calibration> {
  const { model, images, count, actWidth, weightWidth, threads } = options;
  const widths = { actWidth, weightWidth };
  const network = lower(model);
  checkOptions({ network, bytes: images.length, count, ...widths });
  const module = await compileKernels();
  const observation = await observe(model, network, { images, count, threads }, progress);
  const variances = outputVariances({ network, observation });
  const context = { network, observation, widths, module, variances };
  const codings = await chooseRanges(context, model.normalization);
  return { network, observation, module, codings };
}
