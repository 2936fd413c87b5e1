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

/** The model that comes with the program: LeNet-5-BN, trained by it on MNIST, `models/README.md`. */
const MODEL = join(packageRoot, 'models', 'lenet5-bn.model');

/** Sizes that keep the demonstration at about a minute. */
const SIZES = { calibration: 512, cosimImages: 100 };
const DATASET_IMAGES = 10_000;
const DRAWN_IMAGES = 1000;

/** MNIST where it is present, else digits drawn by the program. */
async function findImages(root: string | undefined): Promise<ImageSource> {
  const name = 'mnist';
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
            ? 'LeNet-5-BN on digits drawn by the program (no MNIST found; "adderforge data fetch mnist" brings it)'
            : 'LeNet-5-BN on the test images of MNIST',
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
