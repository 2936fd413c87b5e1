import type { Command } from 'commander';
import { type ImageSource, type SourceName, sourceNames } from '../flow/images.ts';
import type { FlagReader } from './flags.ts';

/** Flags of commands that read images. */
export interface DatasetOptions {
  readonly dataset: SourceName;
  readonly data?: string;
}

/** Add `--dataset` and `--data`. */
export function withDatasetOptions(command: Command, flags: FlagReader): Command {
  return command
    .requiredOption(
      '--dataset <name>',
      `images: ${sourceNames.join(', ')} (shapes and drawn: by the program, without a data set; idx and cifar-binary: your own files in --data)`,
      flags.choice('--dataset', sourceNames),
    )
    .option('--data <folder>', 'folder of data sets (default: $ADDERFORGE_DATA, else ./data)');
}

/** The image source that the flags name. */
export function imageSource({ dataset, data }: DatasetOptions): ImageSource {
  return { name: dataset, root: data };
}
