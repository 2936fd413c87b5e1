import type { Command } from 'commander';
import { type HardwareChoice, weightMemories } from '../../generator/config.ts';
import { generateDesign } from '../flow/generate-design.ts';
import { openQuantizedModel } from '../flow/open-model.ts';
import { FAMILY_IDS, type FamilyId } from '../report/families.ts';
import { type ElementOptions, elementChoice, withElementOptions } from './element-options.ts';
import type { FlagReader } from './flags.ts';
import { formatDesign } from './generate-text.ts';
import { type CommonOptions, runCommand, withCommonOptions } from './run-command.ts';

/** Flags that size the accelerator. */
export interface HardwareOptions extends ElementOptions {
  readonly rows?: number;
  readonly cols?: number;
  readonly lanes?: number;
  readonly blockPixels?: number;
  readonly weightMemory?: HardwareChoice['weightMemory'];
}

interface GenerateOptions extends CommonOptions, HardwareOptions {
  readonly family?: FamilyId;
  readonly output: string;
}

/** Add `--rows`, `--cols`, `--lanes`, `--block-pixels`, `--weight-memory` and the element's flags; what is legal `generator/config.ts` knows. */
export function withHardwareOptions(command: Command, flags: FlagReader): Command {
  const whole = (flag: string) => flags.integer(flag, { min: 0, max: 1_000_000 });
  return withElementOptions(command, flags)
    .option('--rows <n>', 'rows of the array: input channels at once (16)', whole('--rows'))
    .option('--cols <n>', 'columns of the array: output channels at once (16)', whole('--cols'))
    .option('--lanes <n>', 'channels that the post-op finishes in a cycle', whole('--lanes'))
    .option(
      '--block-pixels <n>',
      'output pixels that share one load of the weights, a power of two',
      whole('--block-pixels'),
    )
    .option(
      '--weight-memory <kind>',
      `${weightMemories.join(', ')}: packed weights take less block RAM and a decoder (auto)`,
      flags.choice('--weight-memory', weightMemories),
    );
}

/** The flags that were given. */
export function hardwareChoice(options: HardwareOptions): HardwareChoice {
  const { rows, cols, lanes, blockPixels, weightMemory } = options;
  return {
    ...elementChoice(options),
    ...(rows === undefined ? {} : { rows }),
    ...(cols === undefined ? {} : { cols }),
    ...(lanes === undefined ? {} : { lanes }),
    ...(blockPixels === undefined ? {} : { blockPixels }),
    ...(weightMemory === undefined ? {} : { weightMemory }),
  };
}

/** Add `adderforge generate <model>`. */
export function addGenerateCommand(program: Command, flags: FlagReader): void {
  const command = program
    .command('generate')
    .description('generate the accelerator: SystemVerilog, memories and manifest')
    .argument('<model>', 'folder of a quantized model');
  withHardwareOptions(withCommonOptions(command), flags)
    .option(
      '--family <id>',
      `choose the element that is smallest there (xc7): ${FAMILY_IDS.join(', ')}`,
      flags.choice('--family', FAMILY_IDS),
    )
    .requiredOption('-o, --output <folder>', 'design folder to write')
    .addHelpText(
      'after',
      '\nExample:\n  adderforge generate resnet20-8b.qmodel --rows 16 --cols 16 -o rtl-out/resnet20',
    )
    .action((path: string, options: GenerateOptions) =>
      runCommand({ options, flags }, async ({ during }) => {
        const model = await openQuantizedModel(path);
        const design = await during('Generating', () =>
          generateDesign({
            model,
            choice: {
              ...hardwareChoice(options),
              ...(options.family === undefined ? {} : { family: options.family }),
            },
            output: options.output,
          }),
        );
        return {
          json: { design: options.output, ...design },
          text: formatDesign(options.output, design),
        };
      }),
    );
}
