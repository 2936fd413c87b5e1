/**
 * @file Values of command-line flags: read and checked all together, so that one run names every bad one.
 */
import type { Issue } from '../issues.ts';

/** Reads flag values; what cannot be read is collected in `issues` and stands for itself as `undefined`. */
export interface FlagReader {
  readonly issues: Issue[];
  readonly integer: (flag: string, range: Range) => (text: string) => number | undefined;
  readonly number: (flag: string, range: Range) => (text: string) => number | undefined;
  readonly choice: <T extends string>(
    flag: string,
    choices: readonly T[],
  ) => (text: string) => T | undefined;
  readonly choices: <T extends string>(
    flag: string,
    choices: readonly T[],
  ) => (text: string) => readonly T[];
}

interface Range {
  readonly min: number;
  readonly max: number;
}

/** Make a reader with an empty list of issues. */
export function flagReader(): FlagReader {
  const issues: Issue[] = [];

  const numeric =
    (whole: boolean) =>
    (flag: string, { min, max }: Range) =>
    (text: string): number | undefined => {
      const value = /^-?\d+(\.\d+)?(e-?\d+)?$/.test(text) ? Number(text) : Number.NaN;
      if ((!whole || Number.isInteger(value)) && value >= min && value <= max) return value;
      const kind = whole ? 'a whole number' : 'a number';
      issues.push({
        problem: `Cannot use "${flag} ${text}": it must be ${kind} from ${min} to ${max}`,
        remedy: `Give ${flag} ${kind} from ${min} to ${max}`,
      });
      return undefined;
    };

  const oneOf = <T extends string>(
    flag: string,
    choices: readonly T[],
    text: string,
  ): T | undefined => {
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    issues.push({
      problem: `Cannot use "${flag} ${text}": there is no "${text}"`,
      remedy: `Choose from ${choices.join(', ')}`,
    });
    return undefined;
  };

  return {
    issues,
    integer: numeric(true),
    number: numeric(false),
    choice: (flag, choices) => (text) => oneOf(flag, choices, text),
    choices: (flag, choices) => (text) =>
      text.split(',').flatMap((part) => oneOf(flag, choices, part.trim()) ?? []),
  };
}
