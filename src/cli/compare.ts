/**
 * @file `adderforge quantize --compare`: its flags, and what it says.
 */
import type { Command } from 'commander';
import type { OperandWidths } from '../fixed/operand.ts';
import { compareWidths } from '../flow/compare.ts';
import { compareTable } from '../flow/compare-table.ts';
import type { FlowContext } from '../flow/stepper.ts';
import { FAMILY_IDS, type FamilyId } from '../report/families.ts';
import { formatTable } from '../report/table.ts';
import { type DatasetOptions, imageSource } from './dataset-options.ts';
import type { FlagReader } from './flags.ts';
import { type HardwareOptions, hardwareChoice } from './generate.ts';
import type { Outcome } from './run-command.ts';

export interface CompareOptions extends DatasetOptions, HardwareOptions {
  readonly compare?: readonly OperandWidths[];
  readonly family: FamilyId;
  readonly images?: number;
  readonly calibration: number;
  readonly output: string;
}

/** Add `--compare` and what it alone reads. */
export function withCompareOptions(command: Command, flags: FlagReader): Command {
  return command
    .option(
      '--compare <list>',
      'quantize to each of these bits (4, or 4:5 with 5-bit weights) and set accuracy, resources and cycles side by side; -o is the folder for all of it',
      (text: string) => readWidths(text, flags),
    )
    .option(
      '--family <name>',
      `with --compare: FPGA family, one of ${FAMILY_IDS.join(', ')}`,
      flags.choice('--family', FAMILY_IDS),
      'xc7',
    )
    .option(
      '--images <n>',
      'with --compare: test images to report accuracy on (default: all)',
      flags.integer('--images', { min: 1, max: 1_000_000 }),
    );
}

function readWidths(text: string, flags: FlagReader): OperandWidths[] {
  return text.split(',').flatMap((part) => {
    const found = /^([2-8])(?::([2-8]))?$/.exec(part.trim());
    if (found) return [{ actWidth: Number(found[1]), weightWidth: Number(found[2] ?? found[1]) }];
    flags.issues.push({
      problem: `Cannot use "--compare ${text}": "${part}" is not a number of bits from 2 to 8, nor two of them with a colon between`,
      remedy: 'Give widths separated by commas, for example --compare 8,6,4 or --compare 4,4:5',
    });
    return [];
  });
}

/** Compare and tell. */
export async function runComparison(
  input: string,
  options: CompareOptions & { readonly compare: readonly OperandWidths[] },
  context: FlowContext,
): Promise<Outcome> {
  const report = await compareWidths(
    {
      input,
      source: imageSource(options),
      calibration: options.calibration,
      images: options.images,
      widths: options.compare,
      choice: hardwareChoice(options),
      family: options.family,
      folder: options.output,
    },
    context,
  );
  const { page, float, tool } = report;
  return {
    json: report,
    text: `${formatTable(compareTable(report))}\n\n${float.images.toLocaleString('en-US')} test images; ${report.family}, ${tool}, before placement; picture: ${page}`,
  };
}
