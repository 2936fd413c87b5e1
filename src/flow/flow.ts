/**
 * @file The whole path from a trained network to a proven, measured design, step by step and resumable.
 *
 *     checkpoint -> import -> evaluate -> quantize -> evaluate -> generate -> co-simulate -> estimate
 *
 * Everything lies in one folder: `<name>.model`, `<name>-8b.qmodel`, `rtl` and `flow.json`, the record of the steps.
 */
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cosim } from '../../sim/cosim.ts';
import { estimate } from '../../sim/yosys/estimate.ts';
import { digestOf } from '../digest.ts';
import { fail } from '../issues.ts';
import { importCheckpoint } from '../model/import.ts';
import { writeModel } from '../model/store.ts';
import { quantize } from '../quantize/quantize.ts';
import { writeQuantized } from '../quantize/store.ts';
import { digestOfPath } from './digest.ts';
import { readFlowState } from './flow-state.ts';
import type { FlowReport, FlowRequest } from './flow-types.ts';
import { generateDesign } from './generate-design.ts';
import { openTestImages, openTrainingImages } from './images.ts';
import { openFloatModel, openQuantizedModel } from './open-model.ts';
import { programDigest } from './program-digest.ts';
import { accuracyOf, agreement, evaluateForRecord } from './recorded-evaluation.ts';
import { type FlowContext, type Stepper, stepper } from './stepper.ts';

/** Run every step whose inputs have changed. Throws a `DesignError` at the first step that cannot be done. */
export async function runFlow(request: FlowRequest, context: FlowContext): Promise<FlowReport> {
  const { folder, source, bits, weightBits } = request;
  const { outcomes, step } = stepper(readFlowState(folder), programDigest(), context);
  const name = stem(request.input);

  // 1. Import, when given a checkpoint.
  const modelFolder = await importStep(step, { ...request, name });
  const floatModel = await openFloatModel(modelFolder);
  const modelDigest = digestOfPath(modelFolder);
  const shape = floatModel.inputShape;

  // 2. Accuracy of the float network.
  const test = await openTestImages({ source, limit: request.images, shape });
  const testDigest = digestOf(test.images) + digestOf(test.labels);
  const float = await step({
    name: 'evaluate float',
    inputs: { model: modelDigest, images: testDigest },
    work: (progress) => evaluateForRecord({ kind: 'float', model: floatModel }, test, progress),
  });

  // 3. Quantize, calibrated on training images.
  const qmodelName = `${name}-${bits === weightBits ? `${bits}b` : `${bits}a${weightBits}w`}.qmodel`;
  const training = await openTrainingImages({ source, limit: request.calibration, shape });
  await step({
    name: 'quantize',
    inputs: { model: modelDigest, images: digestOf(training.images), bits, weightBits },
    outputs: [qmodelName],
    work: async (progress) => {
      const { images, count } = training;
      const widths = { actWidth: bits, weightWidth: weightBits };
      const result = await quantize({ model: floatModel, images, count, ...widths, progress });
      await writeQuantized(result.model, join(folder, qmodelName));
      return { warnings: result.report.warnings };
    },
  });
  const model = await openQuantizedModel(join(folder, qmodelName));
  const qmodelDigest = digestOfPath(join(folder, qmodelName));

  // 4. Accuracy of the integer network, exact.
  const integer = await step({
    name: 'evaluate integer',
    inputs: { model: qmodelDigest, images: testDigest },
    work: (progress) => evaluateForRecord({ kind: 'quantized', model }, test, progress),
  });

  // 5. Generate the hardware.
  const design = join(folder, 'rtl');
  const { choice } = request;
  const facts = await step({
    name: 'generate',
    inputs: { model: qmodelDigest, choice },
    outputs: ['rtl'],
    work: () => generateDesign({ model, choice, output: design }),
  });
  const designDigest = digestOfPath(design);

  // 6. Prove it: every layer of every image, bit for bit.
  const { stallProbability, seed } = request;
  const count = Math.min(request.cosimImages, test.count);
  const images = test.images.subarray(0, (count * test.images.length) / test.count);
  const cosimReport = await step({
    name: 'co-simulate',
    inputs: { design: designDigest, images: digestOf(images), stallProbability, seed },
    work: (progress) =>
      cosim({ designDir: design, images, count, stallProbability, seed, progress }),
  });

  // 7. Estimate its resources.
  const { families } = request;
  const estimateReport = await step({
    name: 'estimate',
    inputs: { design: designDigest, families },
    work: (progress) => estimate({ designDir: design, families, progress }),
  });

  return {
    folder,
    design,
    steps: outcomes,
    float: accuracyOf(float),
    integer: accuracyOf(integer),
    agreement: agreement(float, integer),
    generate: facts,
    cosim: cosimReport,
    estimate: estimateReport,
  };
}

/** The folder of the float model: the input itself, or what a checkpoint is imported to. */
async function importStep(
  step: Stepper['step'],
  { input, name, arch, folder }: FlowRequest & { readonly name: string },
): Promise<string> {
  if (statSync(input).isDirectory()) return input;
  if (arch === undefined) {
    fail(
      `Cannot import "${input}": its architecture is not named`,
      'Add --arch, for example --arch resnet20',
    );
  }
  const output = `${name}.model`;
  await step({
    name: 'import',
    inputs: { checkpoint: digestOfPath(input), name, arch },
    outputs: [output],
    work: async () => {
      await writeModel(await importCheckpoint({ path: input, arch, name }), join(folder, output));
      return null;
    },
  });
  return join(folder, output);
}

/** A path's last name without its ending, and with nothing in it that is not harmless in a file name. */
function stem(path: string): string {
  const name = basename(path)
    .replace(/\.[a-z]+$/i, '')
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .replace(/^\.+/, '')
    .slice(0, 48);
  return name === '' ? 'model' : name;
}

/** The flow's folder when the user names none: `build/<name of the input>`. */
export function defaultFlowFolder(input: string): string {
  return join('build', stem(input));
}
