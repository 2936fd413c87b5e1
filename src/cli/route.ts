import type { Command } from 'commander';
import { route } from '../../sim/nextpnr/route.ts';
import {
  findRoutableDevice,
  ROUTABLE_DEVICES,
  type RoutableDevice,
} from '../report/routable-devices.ts';
import { formatRoute } from '../report/route-table.ts';
import type { FlagReader } from './flags.ts';
import { type CommonOptions, runCommand, withCommonOptions } from './run-command.ts';

const PARTS = ['array', 'whole'] as const;
const TOOLS = ['native', 'wasm'] as const;

interface RouteOptions extends CommonOptions {
  readonly device: RoutableDevice;
  readonly part: (typeof PARTS)[number];
  readonly seeds: number;
  readonly tool?: (typeof TOOLS)[number];
  readonly jobs?: number;
}

/** Add `adderforge route <design>`. */
export function addRouteCommand(program: Command, flags: FlagReader): void {
  withCommonOptions(program.command('route'))
    .description('place and route with nextpnr: what it takes, how fast it is, and what limits it')
    .argument('<design>', 'design folder')
    .requiredOption(
      '--device <name>',
      `device: ${ROUTABLE_DEVICES.map(({ name }) => name).join(', ')}`,
      (text: string) => {
        const device = findRoutableDevice(text);
        if (device === undefined) {
          flags.issues.push({
            problem: `Cannot use "--device ${text}": nextpnr routes no device of this name`,
            remedy: `Choose from ${ROUTABLE_DEVICES.map(({ name }) => name).join(', ')}`,
          });
        }
        return device;
      },
    )
    .option(
      '--part <part>',
      'array: the array by itself; whole: the whole accelerator',
      flags.choice('--part', PARTS),
      'whole',
    )
    .option(
      '--seeds <n>',
      'runs, each from another random placement',
      flags.integer('--seeds', { min: 1, max: 100 }),
      5,
    )
    .option(
      '--tool <name>',
      'native yosys, or the one from npm (default: native where it is installed)',
      flags.choice('--tool', TOOLS),
    )
    .option(
      '--jobs <n>',
      'runs at once (default: all cores)',
      flags.integer('--jobs', { min: 1, max: 256 }),
    )
    .addHelpText(
      'after',
      '\nExample:\n  adderforge route rtl-out/lenet --device hx8k --part array --seeds 5',
    )
    .action((designDir: string, options: RouteOptions) =>
      runCommand({ options, flags }, async ({ during }) => {
        const { device, part, seeds, tool, jobs } = options;
        const report = await during('Routing', (progress) =>
          route({
            designDir,
            device,
            part,
            seeds,
            progress,
            ...(tool === undefined ? {} : { tool }),
            ...(jobs === undefined ? {} : { jobs }),
          }),
        );
        return { json: report, text: formatRoute(report) };
      }),
    );
}
