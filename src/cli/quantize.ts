import type { Command } from 'commander';
import {
  type Budget,
  checkBudget,
  chooseBudgetWidths,
  chooseMeanWidths,
} from '../flow/choose-widths.ts';
import { openTrainingImages } from '../flow/images.ts';
import { openFloatModel } from '../flow/open-model.ts';
import { fail } from '../issues.ts';
import type { Rounding } from '../model/types.ts';
import { quantize } from '../quantize/quantize.ts';
import { writeQuantized } from '../quantize/store.ts';
import { completeWidths, type QuantizeWidths } from '../quantize/widths.ts';
import { BUDGET_HELP, readBudget } from './budget-option.ts';
import { type CompareOptions, runComparison, withCompareOptions } from './compare.ts';
import { imageSource, withDatasetOptions } from './dataset-options.ts';
import type { FlagReader } from './flags.ts';
import { hardwareChoice, withHardwareOptions } from './generate.ts';
import { formatCost, formatPasses, formatWidths } from './quantize-text.ts';
import { type CommonOptions, runCommand, withCommonOptions } from './run-command.ts';

interface QuantizeOptions extends CommonOptions, CompareOptions {
  readonly bits: number;
  readonly weightBits?: number;
  readonly inputBits?: number;
  readonly storeBits?: number;
  readonly mixed?: number;
  readonly budget?: Budget;
  readonly threads?: number;
}

/** Images that activation ranges are measured on when the user does not say. */
const DEFAULT_CALIBRATION = 512;

/** Add `--bits`, `--weight-bits` and `--calibration`. */
export function withWidthOptions(command: Command, flags: FlagReader): Command {
  const width = { min: 2, max: 8 };
  return command
    .option('--bits <n>', 'bits of activations, 2 to 8', flags.integer('--bits', width), 8)
    .option(
      '--weight-bits <n>',
      'bits of adder weights, 2 to 8 (default: as --bits)',
      flags.integer('--weight-bits', width),
    )
    .option(
      '--calibration <n>',
      'training images to calibrate on',
      flags.integer('--calibration', { min: 1, max: 50_000 }),
      DEFAULT_CALIBRATION,
    );
}

/** Add `adderforge quantize <model>`: calibrated on training images; there is no flag for another split. */
export function addQuantizeCommand(program: Command, flags: FlagReader): void {
  const command = program
    .command('quantize')
    .description('turn a float model into integers and shifts, calibrated on training images')
    .argument('<model>', 'folder of a float model');
  const stored = { min: 2, max: 8 };
  withCompareOptions(withHardwareOptions(command, flags), flags);
  withWidthOptions(withDatasetOptions(withCommonOptions(command), flags), flags)
    .option(
      '--input-bits <n>',
      'bits of the image where a multiplying layer reads it (default: 8)',
      flags.integer('--input-bits', stored),
    )
    .option(
      '--store-bits <n>',
      'bits of maps that are added, pooled or classified (default: 8)',
      flags.integer('--store-bits', stored),
    )
    .option(
      '--mixed <bits>',
      'bits of each adder layer by what it does to the result, this many on the average; replaces --bits and --weight-bits',
      flags.number('--mixed', { min: 2, max: 8 }),
    )
    .option(
      '--budget <amounts>',
      `the bits that lose least within a budget for the accelerator, as lut=6500,bram=60: ${BUDGET_HELP}; replaces --bits and --weight-bits`,
      (text: string) => readBudget(text, flags),
    )
    .option(
      '--threads <n>',
      'worker threads (default: all cores)',
      flags.integer('--threads', { min: 1, max: 256 }),
    )
    .requiredOption('-o, --output <folder>', 'quantized model folder to write')
    .addHelpText(
      'after',
      '\nExample:\n  adderforge quantize resnet20.model --bits 8 --dataset cifar10 -o resnet20-8b.qmodel\n  adderforge quantize resnet20.model --compare 8,6,5,4,3 --dataset cifar10 -o build/widths',
    )
    .action((path: string, options: QuantizeOptions) =>
      runCommand({ options, flags }, async (context) => {
        checkChoices(options);
        const { compare } = options;
        if (compare !== undefined) return runComparison(path, { ...options, compare }, context);
        const { during, note } = context;
        const { bits, weightBits = bits, calibration, threads, output } = options;
        const open = {
          ...(options.inputBits !== undefined && { inputWidth: options.inputBits }),
          ...(options.storeBits !== undefined && { storeWidth: options.storeBits }),
        };
        const floatModel = await openFloatModel(path);
        const { images, count } = await during('Reading training images', () =>
          openTrainingImages({
            source: imageSource(options),
            limit: calibration,
            shape: floatModel.inputShape,
          }),
        );
        const calibrated = {
          ...{ model: floatModel, images, count },
          ...(threads === undefined ? {} : { threads }),
        };
        const { mixed, budget } = options;
        const limits = budget && { budget, choice: hardwareChoice(options) };
        const isChosen = limits !== undefined || mixed !== undefined;
        const widths = isChosen
          ? await during('Choosing widths', () =>
              limits
                ? chooseBudgetWidths(calibrated, limits, open)
                : chooseMeanWidths(calibrated, mixed!, open),
            )
          : completeWidths({ actWidth: bits, weightWidth: weightBits, ...open });
        const { model, report } = await during('Quantizing', (progress) =>
          quantize({ ...calibrated, ...widths, progress }),
        );
        const cost = limits && checkBudget(model, limits);
        for (const warning of report.warnings) note(`Note: ${warning}`);
        const { rounding } = floatModel;
        if (rounding !== undefined && !report.isTrained) note(`Note: ${otherWidths(rounding)}`);
        await writeQuantized(model, output);
        return {
          json: {
            model: output,
            ...widths,
            layerWidths: Object.fromEntries(widths.layerWidths ?? []),
            agreement: report.agreement,
            divergence: report.divergence,
            error: report.error,
            isTrained: report.isTrained,
            passes: report.passes,
            clampedShare: report.clampedShare,
            calibrationImages: count,
            layers: model.layers.length,
            warnings: report.warnings,
            ...(cost && { planned: cost }),
          },
          text: [
            ...(isChosen ? [formatWidths(report)] : []),
            formatPasses(report),
            `${output}: ${model.layers.length} integer layers, ${describeWidths(widths)}, ${report.isTrained ? 'rounded as in its fine-tuning' : 'calibrated'} on ${count} training images`,
            ...(cost ? [formatCost(cost)] : []),
          ].join('\n\n'),
        };
      }),
    );
}

/** Only one way to choose widths at a time. */
function checkChoices({ compare, mixed, budget }: QuantizeOptions): void {
  const given = Object.entries({ compare, mixed, budget }).flatMap(([flag, value]) =>
    value === undefined ? [] : [`--${flag}`],
  );
  if (given.length < 2) return;
  fail(
    `Cannot use ${given.join(' and ')} together: each of them chooses the widths`,
    'Leave out all of them but one',
  );
}

function describeWidths({ actWidth, weightWidth, layerWidths }: QuantizeWidths): string {
  const most = layerWidths === undefined ? '' : 'at most ';
  return `${most}${actWidth}-bit activations, ${most}${weightWidth}-bit weights`;
}

function otherWidths({ widths }: Rounding): string {
  const { actWidth, weightWidth, inputWidth, storeWidth } = widths;
  return `The model was fine-tuned for --bits ${actWidth} --weight-bits ${weightWidth} --input-bits ${inputWidth} --store-bits ${storeWidth}; for other widths its ranges are chosen anew`;
}
