import type { Command } from 'commander';
import { estimate } from '../../sim/yosys/estimate.ts';
import { DEVICES, type Device, findDevice } from '../report/devices.ts';
import { formatEstimate } from '../report/estimate-table.ts';
import { FAMILY_IDS, type FamilyId } from '../report/families.ts';
import { fitIssues } from '../report/fit.ts';
import type { FlagReader } from './flags.ts';
import { type CommonOptions, runCommand, withCommonOptions } from './run-command.ts';

const TOOLS = ['native', 'wasm'] as const;

interface EstimateOptions extends CommonOptions {
  readonly family: readonly FamilyId[];
  readonly device?: Device;
  readonly tool?: (typeof TOOLS)[number];
  readonly jobs?: number;
}

/** Families when the user names none. */
export const DEFAULT_FAMILIES: readonly FamilyId[] = ['xc7'];

/** Add `adderforge estimate <design>`. */
export function addEstimateCommand(program: Command, flags: FlagReader): void {
  withCommonOptions(program.command('estimate'))
    .description('estimate FPGA resources by synthesis with Yosys')
    .argument('<design>', 'design folder')
    .option(
      '--family <list>',
      `FPGA families, separated by commas: ${FAMILY_IDS.join(', ')}`,
      flags.choices('--family', FAMILY_IDS),
      DEFAULT_FAMILIES,
    )
    .option('--device <name>', 'fail unless the design fits this device', (text: string) => {
      const device = findDevice(text);
      if (device === undefined) {
        flags.issues.push({
          problem: `Cannot use "--device ${text}": there is no device of this name in the table`,
          remedy: `Choose from ${DEVICES.map(({ name }) => name).join(', ')}`,
        });
      }
      return device;
    })
    .option(
      '--tool <name>',
      'native yosys, or the one from npm (default: native where it is installed)',
      flags.choice('--tool', TOOLS),
    )
    .option(
      '--jobs <n>',
      'syntheses at once (default: all cores)',
      flags.integer('--jobs', { min: 1, max: 256 }),
    )
    .addHelpText('after', '\nExample:\n  adderforge estimate rtl-out/resnet20 --family xc7,ecp5')
    .action((designDir: string, options: EstimateOptions) =>
      runCommand({ options, flags }, async ({ during }) => {
        const { family, device, tool, jobs } = options;
        const families = device === undefined ? family : [...new Set([...family, device.family])];
        const report = await during('Estimating', (progress) =>
          estimate({
            designDir,
            families,
            progress,
            ...(tool === undefined ? {} : { tool }),
            ...(jobs === undefined ? {} : { jobs }),
          }),
        );
        const total = device && report.families[device.family]?.total;
        const failure = total ? fitIssues(report.design, total, device) : [];
        return { json: report, text: formatEstimate(report), failure };
      }),
    );
}
