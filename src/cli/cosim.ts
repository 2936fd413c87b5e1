import type { Command } from 'commander';
import { cosim } from '../../sim/cosim.ts';
import { readManifest } from '../../sim/design.ts';
import { openTestImages } from '../flow/images.ts';
import { formatCosim } from './cosim-text.ts';
import { type DatasetOptions, imageSource, withDatasetOptions } from './dataset-options.ts';
import type { FlagReader } from './flags.ts';
import { type CommonOptions, runCommand, withCommonOptions } from './run-command.ts';

interface CosimOptions extends CommonOptions, DatasetOptions {
  readonly images: number;
  readonly stall: number;
  readonly seed: number;
  readonly processes?: number;
  readonly trace?: boolean;
}

/** Images to simulate when the user does not say. */
export const DEFAULT_COSIM_IMAGES = 20;

/** Add `--stall` and `--seed`. */
export function withStallOptions(command: Command, flags: FlagReader): Command {
  return command
    .option(
      '--stall <p>',
      'probability that a stream stalls in a cycle, 0 to 0.95',
      flags.number('--stall', { min: 0, max: 0.95 }),
      0,
    )
    .option(
      '--seed <n>',
      'seed of the random stalls',
      flags.integer('--seed', { min: 0, max: 2 ** 31 - 1 }),
      1,
    );
}

/** Add `adderforge cosim <design>`. */
export function addCosimCommand(program: Command, flags: FlagReader): void {
  const command = program
    .command('cosim')
    .description('simulate a design and compare every layer with the golden model, bit for bit')
    .argument('<design>', 'design folder');
  withStallOptions(withDatasetOptions(withCommonOptions(command), flags), flags)
    .option(
      '--images <n>',
      'first images of the test split',
      flags.integer('--images', { min: 1, max: 1_000_000 }),
      DEFAULT_COSIM_IMAGES,
    )
    .option(
      '--processes <n>',
      'simulations at once (default: all cores)',
      flags.integer('--processes', { min: 1, max: 256 }),
    )
    .option('--trace', 'on a difference write the waveform around it (FST)')
    .addHelpText(
      'after',
      '\nExample:\n  adderforge cosim rtl-out/resnet20 --dataset cifar10 --images 20',
    )
    .action((designDir: string, options: CosimOptions) =>
      runCommand({ options, flags }, async ({ during }) => {
        const { stall, seed, processes, trace } = options;
        const { inputShape } = await readManifest(designDir);
        const { images, count } = await during('Reading images', () =>
          openTestImages({
            source: imageSource(options),
            limit: options.images,
            shape: inputShape,
          }),
        );
        const report = await during('Simulating', (progress) =>
          cosim({
            designDir,
            images,
            count,
            stallProbability: stall,
            seed,
            progress,
            ...(processes === undefined ? {} : { processes }),
            ...(trace === undefined ? {} : { trace }),
          }),
        );
        return { json: report, text: formatCosim(report), failure: report.failures };
      }),
    );
}
