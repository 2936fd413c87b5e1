#!/usr/bin/env node
/**
 * @file The program `adderforge`: reads the command line and hands it to one command.
 */
import { CommanderError } from 'commander';
import { DesignError } from '../issues.ts';
import { createProgram } from './create-program.ts';
import { flagReader } from './flags.ts';
import { exitOnSignals } from './interrupt.ts';
import { reportError } from './run-command.ts';

/** What commander could not read, in our words. */
function fromCommander(error: CommanderError): DesignError {
  const [reason = '', ...hints] = error.message.replace(/^error: /, '').split('\n');
  const hint = hints.map((line) => line.replace(/^\(|\)$/g, '')).join(' ');
  const help = 'Add --help to the command to see how it is used';
  return new DesignError([
    {
      problem: `Cannot understand the command: ${reason}`,
      remedy: hint === '' ? help : `${hint} ${help}`,
    },
  ]);
}

async function main(args: readonly string[]): Promise<void> {
  exitOnSignals();
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that stops listening (`| head`) is no fault to report; any other error `printOut` reports.
    if (error.code === 'EPIPE') process.exit(1);
  });
  try {
    await createProgram(flagReader()).parseAsync(args, { from: 'user' });
  } catch (error) {
    const options = { json: args.includes('--json'), verbose: args.includes('--verbose') };
    if (!(error instanceof CommanderError)) return reportError(error, options);
    // Help and version were asked for and printed; or no command was given, and the help was printed as an error.
    if (error.code.startsWith('commander.help') || error.code === 'commander.version') {
      process.exitCode = error.exitCode;
      return;
    }
    await reportError(fromCommander(error), options);
  }
}

await main(process.argv.slice(2));
