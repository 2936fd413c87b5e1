/**
 * @file One network at several widths, side by side: accuracy, resources, cycles.
 *
 *     float model -> evaluate -> for each width: quantize -> evaluate -> generate -> estimate -> table and picture
 *
 * The test images are only reported on: no step after an evaluation depends on its result.
 */
import { join } from 'node:path';
import type { HardwareConfig } from '../../generator/config.ts';
import type { OperandWidths } from '../fixed/operand.ts';
import type { FamilyId } from '../report/families.ts';
import type { Resources } from '../report/resources.ts';
import { writePage } from '../report/write-page.ts';
import { comparePage } from './compare-page.ts';
import { digestOfPath } from './digest.ts';
import { readFlowState } from './flow-state.ts';
import type { Accuracy } from './flow-types.ts';
import { type ImageSource, openTestImages, openTrainingImages } from './images.ts';
import { openFloatModel } from './open-model.ts';
import { programDigest } from './program-digest.ts';
import { accuracyOf, agreement } from './recorded-evaluation.ts';
import { type FlowContext, stepper } from './stepper.ts';
import { estimateStep, evaluateStep, generateStep, quantizeStep } from './steps.ts';

export interface CompareRequest {
  /** Folder of a float model. */
  readonly input: string;
  readonly source: ImageSource;
  readonly calibration: number;
  /** Images to evaluate with; default: the whole test split. */
  readonly images?: number | undefined;
  readonly widths: readonly OperandWidths[];
  readonly choice: Partial<HardwareConfig>;
  readonly family: FamilyId;
  /** Where models, designs and the report go. */
  readonly folder: string;
}

/** What one choice of widths gives. */
export interface ComparedWidths extends OperandWidths {
  /** Of the quantized model and its design below the folder. */
  readonly name: string;
  readonly top1: number;
  /** Percent of images for which float and integer network choose the same class. */
  readonly agreement: number;
  readonly cyclesPerImage: number;
  readonly total: Resources;
  readonly lutPerElement: number;
  /** Bits of the weight memory. */
  readonly weightBits: number;
}

export interface CompareReport {
  readonly folder: string;
  /** The picture's file. */
  readonly page: string;
  readonly network: string;
  readonly family: FamilyId;
  /** Program and version behind the resources. */
  readonly tool: string;
  readonly float: Accuracy;
  readonly rows: readonly ComparedWidths[];
}

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
    const weights = facts.memories.find(({ file }) => file === 'weights.mem')!;
    rows.push({
      ...widths,
      name,
      top1: integer.top1,
      agreement: agreement(float, integer),
      cyclesPerImage: facts.plannedCyclesPerImage,
      total,
      lutPerElement: array.lutPerElement,
      weightBits: weights.words * weights.width,
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
