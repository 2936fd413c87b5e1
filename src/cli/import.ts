import type { Command } from 'commander';
import { architectureNames } from '../model/architectures/registry.ts';
import { importCheckpoint } from '../model/import.ts';
import { writeModel } from '../model/store.ts';
import { summarizeModel } from '../model/summary.ts';
import type { FlagReader } from './flags.ts';
import { type CommonOptions, runCommand, withCommonOptions } from './run-command.ts';

interface ImportOptions extends CommonOptions {
  readonly arch: string;
  readonly name?: string;
  readonly output: string;
}

/** Add `adderforge import <checkpoint>`. */
export function addImportCommand(program: Command, flags: FlagReader): void {
  withCommonOptions(program.command('import'))
    .description('read a trained network from a checkpoint (PyTorch legacy or zip, safetensors)')
    .argument('<checkpoint>', 'file of the trained tensors')
    .requiredOption(
      '--arch <name>',
      `architecture: ${architectureNames.join(', ')}`,
      flags.choice('--arch', architectureNames),
    )
    .option('--name <name>', 'name of the model (default: the architecture)')
    .requiredOption('-o, --output <folder>', 'model folder to write')
    .addHelpText(
      'after',
      '\nExample:\n  adderforge import ResNet20-AdderNet.pth --arch resnet20 -o resnet20.model',
    )
    .action((path: string, options: ImportOptions) =>
      runCommand({ options, flags }, async ({ during }) => {
        const { arch, name, output } = options;
        const model = await during('Importing', () =>
          importCheckpoint({ path, arch, ...(name === undefined ? {} : { name }) }),
        );
        await during('Writing the model', () => writeModel(model, output));
        const facts = summarizeModel(model);
        return {
          json: { model: output, name: model.name, arch: model.arch, ...facts },
          text: `${output}: ${model.arch}, ${facts.adderLayers} adder layers with ${facts.adderWeights} weights, ${facts.parameters} numbers in all`,
        };
      }),
    );
}
