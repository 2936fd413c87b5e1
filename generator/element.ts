/**
 * @file The processing element's variants: what can be chosen, and what follows for timing and sums.
 *
 *     signed     |x - w|                          a carry chain, a conditional inversion, a carry chain
 *     one-sided  x + 2 max(w - x, 0) - w          the wrong side is cleared by the register's reset
 *     maximum    2 max(x, w) - x - w              a comparison, a choice in the sum's LUTs
 *
 * In the last two the sum of x is shared by all columns and the sum of w is a constant of the channel.
 */
import type { Issue } from '../src/issues.ts';

/** Forms of the element. */
export const elementForms = ['signed', 'one-sided', 'maximum'] as const;

export type ElementForm = (typeof elementForms)[number];

/** Choices about the element, the array's wiring and the weights on their way to it. */
export interface ElementConfig {
  readonly element: ElementForm;
  /** Rows of the array in one element: a vector of inputs. */
  readonly vectorRows: number;
  /** Columns that share one register of an activation. */
  readonly actSpan: number;
  /** Weights wait in the elements for their tile; without, they run along with its wavefront. */
  readonly shadowWeights: boolean;
  /** A register between difference and sum. */
  readonly registeredDifference: boolean;
  /** Weights lie complemented in memory. */
  readonly complementedWeights: boolean;
}

const vectors = [1, 2, 4];

/** What is wrong with a choice for a grid that is fine by itself. */
export function elementIssues(
  { element, vectorRows, actSpan }: ElementConfig,
  { rows, cols }: { readonly rows: number; readonly cols: number },
): Issue[] {
  const issues: Issue[] = [];
  if (!elementForms.includes(element)) {
    issues.push({
      problem: `Cannot build an element "${element}": there is no such form`,
      remedy: `Choose from ${elementForms.join(', ')}`,
    });
  }
  if (!vectors.includes(vectorRows) || rows % vectorRows !== 0) {
    issues.push({
      problem: `Cannot put ${vectorRows} of ${rows} rows into one element: a vector has 1, 2 or 4 and divides the rows`,
      remedy: 'Choose a vector of 1, or rows that are a multiple of it',
    });
  }
  if (!Number.isInteger(actSpan) || actSpan < 1 || cols % actSpan !== 0) {
    issues.push({
      problem: `Cannot share a register among ${actSpan} of ${cols} columns: a span must divide the columns`,
      remedy: `Choose a divisor of ${cols}`,
    });
  }
  return issues;
}

/** Whether the array adds the activations' own sum below its columns, and the weights' sum is a constant. */
export function sharesActSum({ element }: ElementConfig): boolean {
  return element !== 'signed';
}

/** Cycles that an element keeps its term before it adds it. */
export function elementLead(config: ElementConfig): number {
  if (!config.registeredDifference) return 0;
  // A tree has a register after every level.
  return config.element === 'one-sided' ? 1 + Math.log2(config.vectorRows) : 1;
}

/** Groups of rows and spans of columns: what moves in one step. */
export function arraySteps(
  config: ElementConfig & { readonly rows: number; readonly cols: number },
): { groups: number; spans: number } {
  return { groups: config.rows / config.vectorRows, spans: config.cols / config.actSpan };
}

/** Cycles from the activations of a pixel to its sums, skew and its undoing included. */
export function arrayLatency(
  config: ElementConfig & { readonly rows: number; readonly cols: number },
): number {
  const { groups, spans } = arraySteps(config);
  return groups + elementLead(config) + spans - 1 + (sharesActSum(config) ? 1 : 0);
}
