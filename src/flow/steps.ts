/**
 * @file The steps from a float network to a measured design, as `flow` and `quantize --compare` take them.
 *
 * Each is keyed by the digests of what it reads, so that it is not run again for nothing.
 */
import { join } from 'node:path';
import type { HardwareConfig } from '../../generator/config.ts';
import { estimate } from '../../sim/yosys/estimate.ts';
import { digestOf } from '../digest.ts';
import type { FloatModel } from '../model/types.ts';
import { quantize } from '../quantize/quantize.ts';
import { writeQuantized } from '../quantize/store.ts';
import type { QuantizedModel } from '../quantize/types.ts';
import type { OpenWidths } from '../quantize/widths.ts';
import type { EstimateReport } from '../report/estimate-report.ts';
import { digestOfPath } from './digest.ts';
import type { AnyModel } from './evaluate-model.ts';
import { type DesignFacts, generateDesign } from './generate-design.ts';
import type { CalibrationImages, Images } from './images.ts';
import { openQuantizedModel } from './open-model.ts';
import { evaluateForRecord, type RecordedEvaluation } from './recorded-evaluation.ts';
import type { Stepper } from './stepper.ts';

type RunStep = Stepper['step'];

/** A model and the digest that later steps are keyed by. */
interface Keyed<Model> {
  readonly model: Model;
  readonly digest: string;
}

/** Quantize into `<folder>/<output>`, calibrated on training images. */
export async function quantizeStep(
  step: RunStep,
  work: {
    readonly name: string;
    readonly folder: string;
    readonly output: string;
    readonly float: Keyed<FloatModel>;
    readonly training: CalibrationImages;
    readonly widths: OpenWidths;
  },
): Promise<Keyed<QuantizedModel>> {
  const { name, folder, output, float, training, widths } = work;
  const { images, count } = training;
  await step({
    name,
    inputs: { model: float.digest, images: digestOf(images), widths },
    outputs: [output],
    work: async (progress) => {
      const result = await quantize({ model: float.model, images, count, ...widths, progress });
      await writeQuantized(result.model, join(folder, output));
      return { warnings: result.report.warnings };
    },
  });
  const path = join(folder, output);
  return { model: await openQuantizedModel(path), digest: digestOfPath(path) };
}

/** Find a network's accuracy on test images. */
export function evaluateStep(
  step: RunStep,
  work: {
    readonly name: string;
    readonly model: AnyModel;
    readonly digest: string;
    readonly test: Images;
  },
): Promise<RecordedEvaluation> {
  const { name, model, digest, test } = work;
  return step({
    name,
    inputs: { model: digest, images: digestOf(test.images) + digestOf(test.labels) },
    work: (progress) => evaluateForRecord(model, test, progress),
  });
}

/** Generate the design `<folder>/<output>`. */
export function generateStep(
  step: RunStep,
  work: {
    readonly name: string;
    readonly folder: string;
    readonly output: string;
    readonly quantized: Keyed<QuantizedModel>;
    readonly choice: Partial<HardwareConfig>;
  },
): Promise<DesignFacts> {
  const { name, folder, output, quantized, choice } = work;
  return step({
    name,
    inputs: { model: quantized.digest, choice },
    outputs: [output],
    work: () => generateDesign({ model: quantized.model, choice, output: join(folder, output) }),
  });
}

/** Estimate a design's resources. */
export function estimateStep(
  step: RunStep,
  work: { readonly name: string; readonly design: string; readonly families: readonly string[] },
): Promise<EstimateReport> {
  const { name, design, families } = work;
  return step({
    name,
    inputs: { design: digestOfPath(design), families },
    work: (progress) => estimate({ designDir: design, families, progress }),
  });
}
