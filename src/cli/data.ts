import type { Command } from 'commander';
import { datasetNames } from '../data/dataset.ts';
import { fetchDataset } from '../data/fetch.ts';
import { fail } from '../issues.ts';
import type { FlagReader } from './flags.ts';
import { type CommonOptions, runCommand, withCommonOptions } from './run-command.ts';

interface FetchOptions extends CommonOptions {
  readonly data?: string;
  readonly baseUrl?: string;
}

/** Add `adderforge data fetch <name>`. */
export function addDataCommand(program: Command, flags: FlagReader): void {
  const data = program.command('data').description('data sets');
  withCommonOptions(data.command('fetch'))
    .description('download a data set from its public home and check it')
    .argument('<name>', datasetNames.join(' or '))
    .option('--data <folder>', 'folder of data sets (default: $ADDERFORGE_DATA, else ./data)')
    .option('--base-url <url>', 'another server that holds the same files')
    .addHelpText('after', '\nExample:\n  adderforge data fetch cifar10')
    .action((text: string, options: FetchOptions) =>
      runCommand({ options, flags }, async ({ during }) => {
        const name = datasetNames.find((each) => each === text);
        if (name === undefined) {
          fail(
            `Cannot fetch data set "${text}": there is no data set of this name`,
            `Choose one of ${datasetNames.join(', ')}`,
          );
        }
        const { data: root, baseUrl } = options;
        const { folder, files, kept } = await during(`Fetching ${name}`, (progress) =>
          fetchDataset({
            name,
            progress,
            ...(root === undefined ? {} : { root }),
            ...(baseUrl === undefined ? {} : { baseUrl }),
          }),
        );
        return {
          json: { dataset: name, folder, files, kept },
          text: `${folder}: ${files.length} files, ${files.length - kept.length} of them fetched`,
        };
      }),
    );
}
