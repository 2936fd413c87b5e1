import type { Command } from 'commander';
import { defaultFlowFolder, runFlow } from '../flow/flow.ts';
import { architectureNames } from '../model/architectures/registry.ts';
import { FAMILY_IDS, type FamilyId } from '../report/families.ts';
import { DEFAULT_COSIM_IMAGES, withStallOptions } from './cosim.ts';
import { type DatasetOptions, imageSource, withDatasetOptions } from './dataset-options.ts';
import { DEFAULT_FAMILIES } from './estimate.ts';
import type { FlagReader } from './flags.ts';
import { formatFlow } from './flow-text.ts';
import { type HardwareOptions, hardwareChoice, withHardwareOptions } from './generate.ts';
import { withWidthOptions } from './quantize.ts';
import { type CommonOptions, runCommand, withCommonOptions } from './run-command.ts';

interface FlowOptions extends CommonOptions, DatasetOptions, HardwareOptions {
  readonly arch?: string;
  readonly bits: number;
  readonly weightBits?: number;
  readonly calibration: number;
  readonly images?: number;
  readonly cosimImages: number;
  readonly stall: number;
  readonly seed: number;
  readonly family: readonly FamilyId[];
  readonly output?: string;
}

/** Add `adderforge flow <model>`. */
export function addFlowCommand(program: Command, flags: FlagReader): void {
  const some = { min: 1, max: 1_000_000 };
  const command = program
    .command('flow')
    .description(
      'all of it: import, evaluate, quantize, generate, co-simulate, estimate; resumable',
    )
    .argument('<model>', 'checkpoint file (with --arch) or folder of a float model')
    .option(
      '--arch <name>',
      `architecture of a checkpoint: ${architectureNames.join(', ')}`,
      flags.choice('--arch', architectureNames),
    );
  withDatasetOptions(withCommonOptions(command), flags);
  withHardwareOptions(withWidthOptions(command, flags), flags);
  withStallOptions(command, flags)
    .option(
      '--images <n>',
      'images to evaluate with (default: the whole test split)',
      flags.integer('--images', some),
    )
    .option(
      '--cosim-images <n>',
      'images to simulate',
      flags.integer('--cosim-images', some),
      DEFAULT_COSIM_IMAGES,
    )
    .option(
      '--family <list>',
      `FPGA families, separated by commas: ${FAMILY_IDS.join(', ')}`,
      flags.choices('--family', FAMILY_IDS),
      DEFAULT_FAMILIES,
    )
    .option('-o, --output <folder>', 'folder for everything (default: build/<name>)')
    .addHelpText(
      'after',
      '\nA step whose inputs have not changed is not run again.\n\nExample:\n  adderforge flow ResNet20-AdderNet.pth --arch resnet20 --dataset cifar10 --rows 16 --cols 16',
    )
    .action((input: string, options: FlowOptions) =>
      runCommand({ options, flags }, async (context) => {
        const report = await runFlow(
          {
            input,
            arch: options.arch,
            source: imageSource(options),
            images: options.images,
            calibration: options.calibration,
            bits: options.bits,
            weightBits: options.weightBits ?? options.bits,
            // The first family named is the one to build for.
            choice: { ...hardwareChoice(options), family: options.family[0] ?? 'xc7' },
            cosimImages: options.cosimImages,
            stallProbability: options.stall,
            seed: options.seed,
            families: options.family,
            folder: options.output ?? defaultFlowFolder(input),
          },
          context,
        );
        return { json: report, text: formatFlow(report), failure: report.cosim.failures };
      }),
    );
}
