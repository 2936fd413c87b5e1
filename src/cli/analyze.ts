import type { Command } from 'commander';
import { reportPage } from '../analyze/report-page.ts';
import { describeGradients, describeWeights } from '../analyze/summarize.ts';
import type { Analysis } from '../analyze/types.ts';
import { openTrainingImages, sourceNames } from '../flow/images.ts';
import { readModel } from '../model/store.ts';
import { writePage } from '../report/write-page.ts';
import { type DatasetOptions, imageSource } from './dataset-options.ts';
import type { FlagReader } from './flags.ts';
import { type CommonOptions, runCommand, withCommonOptions } from './run-command.ts';

interface AnalyzeOptions extends CommonOptions, DatasetOptions {
  readonly twin?: string;
  readonly images: number;
  readonly threads?: number;
  readonly output: string;
}

const DEFAULT_IMAGES = 512;

/** Add `adderforge analyze <model>`. */
export function addAnalyzeCommand(program: Command, flags: FlagReader): void {
  const command = program
    .command('analyze')
    .description(
      "the paper's pictures of a float model: distributions, gradient norms, variances; one HTML file",
    )
    .argument('<model>', 'folder of a float model');
  withCommonOptions(command)
    .option(
      '--dataset <name>',
      `images: ${sourceNames.join(', ')}`,
      flags.choice('--dataset', sourceNames),
      'drawn',
    )
    .option('--data <folder>', 'folder of data sets (default: $ADDERFORGE_DATA, else ./data)')
    .option('--twin <model>', 'float model with the same layers to set beside it')
    .option(
      '--images <n>',
      'training images to measure on',
      flags.integer('--images', { min: 2, max: 50_000 }),
      DEFAULT_IMAGES,
    )
    .option(
      '--threads <n>',
      'worker threads (default: all cores)',
      flags.integer('--threads', { min: 1, max: 256 }),
    )
    .requiredOption('-o, --output <file>', 'HTML file to write')
    .addHelpText(
      'after',
      '\nExample:\n  adderforge analyze resnet20.model --dataset cifar10 -o resnet20.html',
    )
    .action((path: string, options: AnalyzeOptions) =>
      runCommand({ options, flags }, async ({ during }) => {
        const { threads, output } = options;
        const model = await readModel(path);
        const twin = options.twin === undefined ? undefined : await readModel(options.twin);
        const { images, labels, count } = await during('Reading training images', () =>
          openTrainingImages({
            source: imageSource(options),
            limit: options.images,
            shape: model.inputShape,
          }),
        );
        // Imported when it is needed: TensorFlow.js takes longer to load than most commands to run.
        const { analyze } = await import('../analyze/analyze.ts');
        const analysis = await during('Analyzing', (progress) =>
          analyze({
            model,
            dataset: options.dataset,
            images,
            labels,
            count,
            progress,
            ...(twin === undefined ? {} : { twin }),
            ...(threads === undefined ? {} : { threads }),
          }),
        );
        writePage(reportPage(analysis), output);
        return { json: { report: output, ...analysis }, text: describe(analysis, output) };
      }),
    );
}

function describe({ network, twin, images, dataset }: Analysis, output: string): string {
  const networks = twin === undefined ? [network] : [network, twin];
  return [
    `${output}: ${network.distributions.length} layers of ${network.name} on ${images} training images of ${dataset}`,
    ...networks.flatMap((each) => [describeWeights(each), describeGradients(each)]),
  ].join('\n');
}
