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
import { digestOf } from '../digest.ts';
import { fail } from '../issues.ts';
import { importCheckpoint } from '../model/import.ts';
import { writeModel } from '../model/store.ts';
import { digestOfPath } from './digest.ts';
import { readFlowState } from './flow-state.ts';
import type { FlowReport, FlowRequest } from './flow-types.ts';
import { openTestImages, openTrainingImages } from './images.ts';
import { openFloatModel } from './open-model.ts';
import { programDigest } from './program-digest.ts';
import { accuracyOf, agreement } from './recorded-evaluation.ts';
import { type FlowContext, type Stepper, stepper } from './stepper.ts';
import { estimateStep, evaluateStep, generateStep, quantizeStep } from './steps.ts';

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
  const float = await evaluateStep(step, {
    name: 'evaluate float',
    model: { kind: 'float', model: floatModel },
    digest: modelDigest,
    test,
  });

  // 3. Quantize, calibrated on training images.
  const training = await openTrainingImages({ source, limit: request.calibration, shape });
  const quantized = await quantizeStep(step, {
    name: 'quantize',
    folder,
    output: `${name}-${bits === weightBits ? `${bits}b` : `${bits}a${weightBits}w`}.qmodel`,
    float: { model: floatModel, digest: modelDigest },
    training,
    widths: { actWidth: bits, weightWidth: weightBits },
  });

  // 4. Accuracy of the integer network, exact.
  const integer = await evaluateStep(step, {
    name: 'evaluate integer',
    model: { kind: 'quantized', model: quantized.model },
    digest: quantized.digest,
    test,
  });

  // 5. Generate the hardware.
  const design = join(folder, 'rtl');
  const { choice } = request;
  const facts = await generateStep(step, {
    name: 'generate',
    folder,
    output: 'rtl',
    quantized,
    choice,
  });

  // 6. Prove it: every layer of every image, bit for bit.
  const { stallProbability, seed } = request;
  const count = Math.min(request.cosimImages, test.count);
  const images = test.images.subarray(0, (count * test.images.length) / test.count);
  const cosimReport = await step({
    name: 'co-simulate',
    inputs: { design: digestOfPath(design), images: digestOf(images), stallProbability, seed },
    work: (progress) =>
      cosim({ designDir: design, images, count, stallProbability, seed, progress }),
  });

  // 7. Estimate its resources.
  const { families } = request;
  const estimateReport = await estimateStep(step, { name: 'estimate', design, families });

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
