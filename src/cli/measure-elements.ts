import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ElementTable } from '../../generator/element-table.ts';
import { tableVariants } from '../flow/element-variants.ts';
import { measureElements } from '../flow/measure-elements.ts';
import { FAMILY_IDS, type FamilyId } from '../report/families.ts';
import { formatTable } from '../report/table.ts';
import { type ElementOptions, elementChoice, withElementOptions } from './element-options.ts';
import type { FlagReader } from './flags.ts';
import { type CommonOptions, runCommand, withCommonOptions } from './run-command.ts';

interface MeasureOptions extends CommonOptions, ElementOptions {
  readonly family: readonly FamilyId[];
  readonly size: number;
  readonly bits: number;
  readonly output?: string;
}

/** Families whose tables the program keeps. */
const measuredFamilies: readonly FamilyId[] = ['xc7', 'ice40', 'ecp5'];

/** Add `adderforge measure-elements`. */
export function addMeasureElementsCommand(program: Command, flags: FlagReader): void {
  const command = program
    .command('measure-elements')
    .description("measure the array's variants by synthesis; a choice narrows them down")
    .option(
      '--family <list>',
      `FPGA families, separated by commas: ${FAMILY_IDS.join(', ')}`,
      flags.choices('--family', FAMILY_IDS),
      measuredFamilies,
    )
    .option('--size <n>', 'rows and columns', flags.integer('--size', { min: 4, max: 64 }), 8)
    .option('--bits <n>', 'bits of both operands', flags.integer('--bits', { min: 2, max: 8 }), 8)
    .option(
      '-o, --output <file>',
      'write the table as JSON, as generator/element-table.json has it',
    );
  withElementOptions(withCommonOptions(command), flags)
    .addHelpText(
      'after',
      '\nExample:\n  adderforge measure-elements --family xc7 --element maximum --size 16',
    )
    .action((options: MeasureOptions) =>
      runCommand({ options, flags }, async ({ during }) => {
        const { family, size, bits, output } = options;
        const choice = Object.entries(elementChoice(options));
        const unique = new Map(
          tableVariants
            .map((variant) => ({ ...variant, ...Object.fromEntries(choice) }))
            .map((variant) => [JSON.stringify(variant), variant] as const),
        );
        const families = await during('Measuring', (progress) =>
          measureElements({
            families: family,
            variants: [...unique.values()],
            rows: size,
            cols: size,
            bits,
            progress,
          }),
        );
        const table: ElementTable = {
          command: `adderforge measure-elements --family ${family.join(',')} --size ${size} --bits ${bits}`,
          rows: size,
          cols: size,
          bits,
          families,
        };
        if (output !== undefined) await writeFile(output, `${JSON.stringify(table, null, 2)}\n`);
        return { json: table, text: formatElements(table) };
      }),
    );
}

function formatElements({ families, rows, cols, bits }: ElementTable): string {
  const tables = Object.entries(families).map(([family, { tool, unit, variants }]) => {
    const mark = (value: boolean): string => (value ? 'yes' : 'no');
    const text = formatTable({
      header: [
        'element',
        'vector',
        'span',
        'shadow',
        'register',
        'complement',
        'LUT',
        'FF',
        'units',
      ],
      rows: variants.map((variant) => [
        variant.element,
        variant.vectorRows,
        variant.actSpan,
        mark(variant.shadowWeights),
        mark(variant.registeredDifference),
        mark(variant.complementedWeights),
        variant.lut,
        variant.ff,
        variant.units,
      ]),
    });
    return `${family}, ${rows} x ${cols} array of ${bits} bits, an element; unit: ${unit}; ${tool}\n${text}`;
  });
  return tables.join('\n\n');
}
