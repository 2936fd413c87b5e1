/**
 * @file One network at several widths, side by side: accuracy, resources, cycles.
 *
 *     float model -> evaluate -> for each width: quantize -> evaluate -> generate -> estimate -> table and picture
 *
 * The test images are only reported on: no step after an evaluation depends on its result.
 */
import { join } from 'node:path';
import type { OperandWidths } from '../fixed/operand.ts';
import { writePage } from '../report/write-page.ts';
import { comparePage } from './compare-page.ts';
import type { ComparedWidths, CompareReport, CompareRequest } from './compare-types.ts';
import { digestOfPath } from './digest.ts';
import { readFlowState } from './flow-state.ts';
import type { DesignFacts } from './generate-design.ts';
import { openTestImages, openTrainingImages } from './images.ts';
import { openFloatModel } from './open-model.ts';
import { programDigest } from './program-digest.ts';
import { accuracyOf, agreement } from './recorded-evaluation.ts';
import { type FlowContext, stepper } from './stepper.ts';
import { estimateStep, evaluateStep, generateStep, quantizeStep } from './steps.ts';

/** The name of what is made at some widths: `4b`, or `4a5w` where they differ. */
export function widthsName({ actWidth, weightWidth }: OperandWidths): string {
  return actWidth === weightWidth ? `${actWidth}b` : `${actWidth}a${weightWidth}w`;
}

/** Compare; a step whose inputs have not changed is not run again. Writes `compare.html` into the folder. */
export async function compareWidths(
  request: CompareRequest,
  context: FlowContext,
): Promise<CompareReport> {
  const { folder, input, source, family } = request;
  const { step } = stepper(readFlowState(folder), programDigest(), context);
  const floatModel = await openFloatModel(input);
  const shape = floatModel.inputShape;
  const test = await openTestImages({ source, limit: request.images, shape });
  const training = await openTrainingImages({ source, limit: request.calibration, shape });
  const keyed = { model: floatModel, digest: digestOfPath(input) };
  const float = await evaluateStep(step, {
    name: 'evaluate float',
    model: { kind: 'float', model: floatModel },
    digest: keyed.digest,
    test,
  });

  const rows: ComparedWidths[] = [];
  let tool = '';
  for (const widths of request.widths) {
    const name = widthsName(widths);
    const quantized = await quantizeStep(step, {
      name: `quantize ${name}`,
      folder,
      output: `${name}.qmodel`,
      float: keyed,
      training,
      widths,
    });
    const integer = await evaluateStep(step, {
      name: `evaluate ${name}`,
      model: { kind: 'quantized', model: quantized.model },
      digest: quantized.digest,
      test,
    });
    const output = `${name}.rtl`;
    const facts = await generateStep(step, {
      name: `generate ${name}`,
      folder,
      output,
      quantized,
      choice: request.choice,
    });
    const estimate = await estimateStep(step, {
      name: `estimate ${name}`,
      design: join(folder, output),
      families: [family],
    });
    const { total, array } = estimate.families[family]!;
    tool = estimate.tool;
    rows.push({
      ...widths,
      name,
      top1: integer.top1,
      agreement: agreement(float, integer),
      cyclesPerImage: facts.plannedCyclesPerImage,
      total,
      lutPerElement: array.lutPerElement,
      weightBits: weightBits(facts),
    });
  }
  const page = join(folder, 'compare.html');
  const report: CompareReport = {
    folder,
    page,
    network: floatModel.name,
    family,
    tool,
    float: accuracyOf(float),
    rows,
  };
  writePage(comparePage(report), page);
  return report;
}

/** Bits of the weight memory, which lies in several files where it is packed. */
function weightBits({ memories }: DesignFacts): number {
  return memories
    .filter(({ file }) => file.startsWith('weights'))
    .reduce((sum, { words, width }) => sum + words * width, 0);
}
