/**
 * @file The command line as a whole: every command, in the order in which they follow one another.
 */
import { Command } from 'commander';
import { version } from '../version.ts';
import { addAnalyzeCommand } from './analyze.ts';
import { addCosimCommand } from './cosim.ts';
import { addDataCommand } from './data.ts';
import { addDemoCommand } from './demo.ts';
import { addEstimateCommand } from './estimate.ts';
import { addEvaluateCommand } from './evaluate.ts';
import type { FlagReader } from './flags.ts';
import { addFlowCommand } from './flow.ts';
import { addGenerateCommand } from './generate.ts';
import { addImportCommand } from './import.ts';
import { addMeasureElementsCommand } from './measure-elements.ts';
import { addQuantizeCommand } from './quantize.ts';
import { addRouteCommand } from './route.ts';
import { addTrainCommand } from './train.ts';

/** Make the program; it throws `CommanderError` instead of ending the process, and leaves errors to print to the caller. */
export function createProgram(flags: FlagReader): Command {
  const program = new Command('adderforge')
    .description('From a trained AdderNet to proven FPGA hardware')
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .addHelpText(
      'after',
      `
Example:
  adderforge import ResNet20-AdderNet.pth --arch resnet20 -o resnet20.model
  adderforge quantize resnet20.model --bits 8 --dataset cifar10 -o resnet20-8b.qmodel
  adderforge generate resnet20-8b.qmodel --rows 16 --cols 16 -o rtl-out/resnet20
  adderforge cosim rtl-out/resnet20 --dataset cifar10 --images 20

All of it, step by step and resumable:
  adderforge flow ResNet20-AdderNet.pth --arch resnet20 --dataset cifar10`,
    );
  const add = [
    addTrainCommand,
    addImportCommand,
    addEvaluateCommand,
    addAnalyzeCommand,
    addQuantizeCommand,
    addGenerateCommand,
    addCosimCommand,
    addEstimateCommand,
    addRouteCommand,
    addMeasureElementsCommand,
    addFlowCommand,
    addDataCommand,
    addDemoCommand,
  ];
  for (const addCommand of add) addCommand(program, flags);
  return program;
}
