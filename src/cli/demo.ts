import { join } from 'node:path';
import type { Command } from 'commander';
import { openDataset } from '../data/dataset.ts';
import { runFlow } from '../flow/flow.ts';
import type { ImageSource } from '../flow/images.ts';
import { DesignError } from '../issues.ts';
import { packageRoot } from '../package-root.ts';
import type { FlagReader } from './flags.ts';
import { formatFlow } from './flow-text.ts';
import { type CommonOptions, runCommand, withCommonOptions } from './run-command.ts';

interface DemoOptions extends CommonOptions {
  readonly data?: string;
  readonly output: string;
}

/** The model that comes with the program: ResNet-20 of the AdderNet authors, `models/README.md`. */
const MODEL = join(packageRoot, 'models', 'resnet20.model');

/** Sizes that keep the demonstration at about two minutes. */
const SIZES = { calibration: 128, cosimImages: 4 };
const DATASET_IMAGES = 1000;
const DRAWN_IMAGES = 100;

/** CIFAR-10 where it is present, else images drawn by the program. */
async function findImages(root: string | undefined): Promise<ImageSource> {
  const name = 'cifar10';
  try {
    await openDataset({ name, split: 'test', limit: 1, ...(root === undefined ? {} : { root }) });
    await openDataset({ name, split: 'train', limit: 1, ...(root === undefined ? {} : { root }) });
    return { name, root };
  } catch (error) {
    if (error instanceof DesignError) return { name: 'drawn' };
    throw error;
  }
}

/** Add `adderforge demo`: the main job on the embedded model. */
export function addDemoCommand(program: Command, flags: FlagReader): void {
  withCommonOptions(program.command('demo'))
    .description('the main job on the embedded model; needs no data set and uses one that is there')
    .option('--data <folder>', 'folder of data sets (default: $ADDERFORGE_DATA, else ./data)')
    .option('-o, --output <folder>', 'folder for everything', join('build', 'demo'))
    .addHelpText('after', '\nExample:\n  adderforge demo')
    .action((options: DemoOptions) =>
      runCommand({ options, flags }, async (context) => {
        const source = await findImages(options.data);
        const drawn = source.name === 'drawn';
        context.note(
          drawn
            ? 'ResNet-20 on images drawn by the program (no data set found; "adderforge data fetch cifar10" brings one)'
            : `ResNet-20 on the first ${DATASET_IMAGES} test images of CIFAR-10`,
        );
        const report = await runFlow(
          {
            ...SIZES,
            input: MODEL,
            source,
            images: drawn ? DRAWN_IMAGES : DATASET_IMAGES,
            bits: 8,
            weightBits: 8,
            choice: { rows: 16, cols: 16 },
            stallProbability: 0,
            seed: 1,
            families: ['xc7'],
            folder: options.output,
          },
          context,
        );
        const json = { dataset: source.name, ...report };
        return { json, text: formatFlow(report), failure: report.cosim.failures };
      }),
    );
}
