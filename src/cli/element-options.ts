import type { Command } from 'commander';
import { type ElementConfig, type ElementForm, elementForms } from '../../generator/element.ts';
import type { FlagReader } from './flags.ts';

/** Flags that choose the array's element; what is left out the planner chooses. */
export interface ElementOptions {
  readonly element?: ElementForm;
  readonly vector?: number;
  readonly actSpan?: number;
  readonly shadowWeights?: boolean;
  readonly registeredDifference?: boolean;
  readonly complementedWeights?: boolean;
}

/** Add `--element` and the flags that go with it; what is legal `generator/element.ts` knows. */
export function withElementOptions(command: Command, flags: FlagReader): Command {
  return command
    .option(
      '--element <form>',
      `form of the processing element: ${elementForms.join(', ')}`,
      flags.choice('--element', elementForms),
    )
    .option(
      '--vector <n>',
      'rows of the array in one element: 1, 2 or 4',
      flags.integer('--vector', { min: 0, max: 1_000_000 }),
    )
    .option(
      '--act-span <n>',
      'columns that share one register of an activation',
      flags.integer('--act-span', { min: 0, max: 1_000_000 }),
    )
    .option('--shadow-weights', 'keep the next weights in the elements')
    .option('--no-shadow-weights', 'let weights run along with the wavefront')
    .option('--registered-difference', 'a register between difference and sum')
    .option('--no-registered-difference', 'difference and sum in one cycle')
    .option('--complemented-weights', 'store weights complemented')
    .option('--no-complemented-weights', 'store weights as they are');
}

/** The flags that were given. */
export function elementChoice(options: ElementOptions): Partial<ElementConfig> {
  const { element, vector, actSpan, shadowWeights, registeredDifference, complementedWeights } =
    options;
  return {
    ...(element === undefined ? {} : { element }),
    ...(vector === undefined ? {} : { vectorRows: vector }),
    ...(actSpan === undefined ? {} : { actSpan }),
    ...(shadowWeights === undefined ? {} : { shadowWeights }),
    ...(registeredDifference === undefined ? {} : { registeredDifference }),
    ...(complementedWeights === undefined ? {} : { complementedWeights }),
  };
}
