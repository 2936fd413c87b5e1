/**
 * @file What a user can choose about the hardware, and what is legal.
 */
import { type Issue, throwIfAny } from '../src/issues.ts';
import { type ElementConfig, elementIssues } from './element.ts';
import { bestElement } from './element-table.ts';

/** How weights lie in block RAM: rows of codes, or prefix words and decoders (plan/weight-memory.ts). */
export const weightMemories = ['plain', 'packed', 'auto'] as const;

/** Size of the accelerator. */
export interface HardwareConfig extends ElementConfig {
  /** Processing elements an input channel each (rows) and an output channel each (columns). */
  readonly rows: number;
  readonly cols: number;
  /** Channels that the post-op finishes in a cycle; a divisor of rows and cols. */
  readonly lanes: number;
  /** Output pixels that share one load of the weights; a power of two. */
  readonly blockPixels: number;
  /** `auto`: the planner packs where that saves block RAM; a plan's own configuration says what it chose. */
  readonly weightMemory: (typeof weightMemories)[number];
}

/** What a user has chosen; the element of what was left out is the best for `family`, Xilinx 7 series if none is named. */
export type HardwareChoice = Partial<HardwareConfig> & { readonly family?: string };

const maxGrid = 64;
const maxBlock = 4096;

/** Complete a partial choice: 16 x 16, blocks of 32 pixels, at most 4 lanes, weights packed where it pays, the family's best element. */
export function completeConfig(partial: HardwareChoice = {}): HardwareConfig {
  const rows = partial.rows ?? 16;
  const cols = partial.cols ?? 16;
  const lanes = partial.lanes ?? [4, 3, 2, 1].find((n) => rows % n === 0 && cols % n === 0) ?? 1;
  const element = fitElement(partial, { rows, cols });
  const { blockPixels = 32, weightMemory = 'auto' } = partial;
  const config = { rows, cols, lanes, blockPixels, weightMemory, ...element };
  throwIfAny(configIssues(config));
  return config;
}

/** The element as chosen; what was left out as the table's best, as far as it fits the grid. */
function fitElement(
  partial: HardwareChoice,
  { rows, cols }: { readonly rows: number; readonly cols: number },
): ElementConfig {
  const best = bestElement(partial.family ?? 'xc7');
  const spans = Array.from({ length: best.actSpan }, (_, i) => best.actSpan - i);
  return {
    element: partial.element ?? best.element,
    vectorRows: partial.vectorRows ?? (rows % best.vectorRows === 0 ? best.vectorRows : 1),
    actSpan: partial.actSpan ?? spans.find((span) => cols % span === 0) ?? 1,
    shadowWeights: partial.shadowWeights ?? best.shadowWeights,
    registeredDifference: partial.registeredDifference ?? best.registeredDifference,
    complementedWeights: partial.complementedWeights ?? best.complementedWeights,
  };
}

function configIssues(config: HardwareConfig): Issue[] {
  const { rows, cols, lanes, blockPixels, weightMemory } = config;
  const issues: Issue[] = [];
  if (!weightMemories.includes(weightMemory)) {
    issues.push({
      problem: `Cannot build a weight memory "${weightMemory}": there is no such kind`,
      remedy: `Choose from ${weightMemories.join(', ')}`,
    });
  }
  const bounded = (name: string, value: number, high: number) => {
    if (Number.isInteger(value) && value >= 1 && value <= high) return true;
    issues.push({
      problem: `Cannot build an accelerator with ${name} ${value}: it must be a whole number from 1 to ${high}`,
      remedy: `Choose ${name} between 1 and ${high}`,
    });
    return false;
  };
  const gridIsFine = [bounded('rows', rows, maxGrid), bounded('cols', cols, maxGrid)].every(
    Boolean,
  );
  if (bounded('lanes', lanes, maxGrid) && gridIsFine && (rows % lanes || cols % lanes)) {
    issues.push({
      problem: `Cannot share ${lanes} lanes in a ${rows} x ${cols} array: lanes must divide rows and cols`,
      remedy: `Choose a common divisor of ${rows} and ${cols}, or leave lanes out`,
    });
  }
  if (gridIsFine) issues.push(...elementIssues(config, config));
  if (weightMemory === 'packed' && config.vectorRows > 1) {
    issues.push({
      problem: `Cannot pack weights for vectors of ${config.vectorRows} rows: a decoder gives a column 1 weight a cycle`,
      remedy: 'Choose plain weights or a vector of 1',
    });
  }
  if (bounded('blockPixels', blockPixels, maxBlock)) {
    if (blockPixels < 2 || !Number.isInteger(Math.log2(blockPixels))) {
      issues.push({
        problem: `Cannot use blocks of ${blockPixels} pixels: the size must be a power of two of at least 2`,
        remedy: 'Choose 16, 32, 64 or another power of two',
      });
    }
  }
  return issues;
}
