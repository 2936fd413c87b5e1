import type { Budget } from '../flow/choose-widths.ts';
import { FAMILIES } from '../report/families.ts';
import type { FlagReader } from './flags.ts';

/** What a budget can limit, and what one unit is. */
const AMOUNTS: Readonly<Record<keyof Budget, string>> = {
  lut: `${FAMILIES.xc7.lut} of ${FAMILIES.xc7.title}, by the planner's table`,
  bram: 'block RAMs of 36 Kbit',
  cycles: 'cycles an image',
};

export const BUDGET_HELP = Object.entries(AMOUNTS)
  .map(([name, unit]) => `${name} (${unit})`)
  .join(', ');

/** Read `lut=6500,bram=60`; what cannot be read is an issue. */
export function readBudget(text: string, flags: FlagReader): Budget {
  const budget: Record<string, number> = {};
  for (const part of text.split(',')) {
    const found = /^(\w+)=(\d+(?:\.\d+)?)$/.exec(part.trim());
    if (found && Object.hasOwn(AMOUNTS, found[1])) budget[found[1]] = Number(found[2]);
    else {
      flags.issues.push({
        problem: `Cannot use "--budget ${text}": "${part}" is not an amount of lut, bram or cycles`,
        remedy: 'Give amounts separated by commas, for example --budget lut=6500,bram=60',
      });
    }
  }
  return budget;
}
