import type { Progress } from '../progress.ts';
import { digestOfValue } from './digest.ts';
import { type FlowState, recordStep, upToDateResult } from './flow-state.ts';

/** How a flow shows what it does. */
export interface FlowContext {
  readonly during: <T>(title: string, work: (progress: Progress) => Promise<T> | T) => Promise<T>;
  readonly note: (line: string) => void;
}

/** What happened to a step. */
export interface StepOutcome {
  readonly name: string;
  /** False when its recorded result was up to date. */
  readonly ran: boolean;
  readonly seconds: number;
}

export interface Step<Result> {
  readonly name: string;
  /** Everything that the result depends on, as JSON; the program itself is added. */
  readonly inputs: unknown;
  /** Files or folders that it writes, below the flow's folder. */
  readonly outputs?: readonly string[];
  /** Does the work; the result must survive being stored as JSON. */
  readonly work: (progress: Progress) => Promise<Result>;
}

/** Runs steps one after another and remembers what became of each. */
export interface Stepper {
  readonly outcomes: readonly StepOutcome[];
  readonly step: <Result>(step: Step<Result>) => Promise<Result>;
}

/** Make the stepper of a flow; `program` is the digest of the program. */
export function stepper(state: FlowState, program: string, context: FlowContext): Stepper {
  const outcomes: StepOutcome[] = [];

  const step = async <Result>({
    name,
    inputs,
    outputs = [],
    work,
  }: Step<Result>): Promise<Result> => {
    const key = digestOfValue([program, name, inputs]);
    const known = upToDateResult(state, name, key);
    if (known !== undefined) {
      context.note(`${name}: up to date`);
      outcomes.push({ name, ran: false, seconds: 0 });
      return known.result as Result;
    }
    const start = performance.now();
    const result = await context.during(name, work);
    recordStep(state, { name, key, outputs, result });
    const seconds = (performance.now() - start) / 1000;
    context.note(`${name}: done in ${seconds.toFixed(1)} s`);
    outcomes.push({ name, ran: true, seconds });
    return result;
  };

  return { outcomes, step };
}
