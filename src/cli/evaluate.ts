import type { Command } from 'commander';
import { evaluateModel } from '../flow/evaluate-model.ts';
import { openTestImages } from '../flow/images.ts';
import { openModel, shapeOf } from '../flow/open-model.ts';
import { type DatasetOptions, imageSource, withDatasetOptions } from './dataset-options.ts';
import type { FlagReader } from './flags.ts';
import { type CommonOptions, runCommand, withCommonOptions } from './run-command.ts';

interface EvaluateOptions extends CommonOptions, DatasetOptions {
  readonly images?: number;
  readonly threads?: number;
}

/** Add `adderforge evaluate <model>`. */
export function addEvaluateCommand(program: Command, flags: FlagReader): void {
  const command = program
    .command('evaluate')
    .description('accuracy of a model on the test images: float, or exact integers once quantized')
    .argument('<model>', 'folder of a model (.model or .qmodel)');
  withDatasetOptions(withCommonOptions(command), flags)
    .option(
      '--images <n>',
      'only the first images of the test split',
      flags.integer('--images', { min: 1, max: 1_000_000 }),
    )
    .option(
      '--threads <n>',
      'worker threads (default: all cores)',
      flags.integer('--threads', { min: 1, max: 256 }),
    )
    .addHelpText('after', '\nExample:\n  adderforge evaluate resnet20.model --dataset cifar10')
    .action((path: string, options: EvaluateOptions) =>
      runCommand({ options, flags }, async ({ during }) => {
        const model = await openModel(path);
        const images = await during('Reading images', () =>
          openTestImages({
            source: imageSource(options),
            limit: options.images,
            shape: shapeOf(model),
          }),
        );
        const start = performance.now();
        const { top1 } = await during('Evaluating', (progress) =>
          evaluateModel(model, images, { threads: options.threads, progress }),
        );
        const seconds = (performance.now() - start) / 1000;
        const arithmetic = model.kind === 'float' ? 'float' : 'integer';
        return {
          json: { images: images.count, top1, arithmetic, dataset: options.dataset, seconds },
          text: `${top1.toFixed(2)} % top-1 on ${images.count} images of ${options.dataset} (${arithmetic}, ${seconds.toFixed(1)} s)`,
        };
      }),
    );
}
