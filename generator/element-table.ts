/**
 * @file The measured table of elements, and the choice that follows from it.
 *
 * `element-table.json` is written by `adderforge measure-elements` and by nothing else: sizes of an 8 x 8 array of
 * 8 bits by Yosys, in what a family runs out of (slices, logic cells, LUT sites). Variants stand in the order of
 * preference: of those that measure the same the first is taken.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/package-root.ts';
import type { ElementConfig } from './element.ts';

/** One variant, measured; figures are an element's, the whole array counted. */
export interface MeasuredElement extends ElementConfig {
  readonly lut: number;
  readonly ff: number;
  readonly units: number;
}

/** A family's measurements. */
export interface FamilyElements {
  readonly tool: string;
  readonly unit: string;
  readonly variants: readonly MeasuredElement[];
}

/** The file as a whole. */
export interface ElementTable {
  readonly command: string;
  readonly rows: number;
  readonly cols: number;
  readonly bits: number;
  readonly families: Readonly<Record<string, FamilyElements>>;
}

/** Where the table lies. */
export const elementTablePath = join(packageRoot, 'generator', 'element-table.json');

/** The table of this program. */
export function readElementTable(): ElementTable {
  return JSON.parse(readFileSync(elementTablePath, 'utf8'));
}

/** Families that have no measurements of their own go by those of a family of the same fabric. */
const sameFabric: Readonly<Record<string, string>> = {
  xcup: 'xc7',
  ice40up: 'ice40',
  nexus: 'ecp5',
  gowin: 'ecp5',
  cyclonev: 'xc7',
};

/** Below this difference the earlier variant is preferred: synthesis alone says no more. */
const worthwhile = 0.02;

/** Smaller in what runs out; if that is no difference, in LUTs, which other logic can use. */
function isSmaller(one: MeasuredElement, other: MeasuredElement): boolean {
  const ratio = one.units / other.units;
  if (ratio < 1 - worthwhile) return true;
  return ratio <= 1 + worthwhile && one.lut < other.lut * (1 - worthwhile);
}

/**
 * The smallest element of a family, by the table.
 *
 * Only those with a register between difference and sum are candidates: without it the clock is half as fast,
 * which is a choice for users. The same for shadow registers, which cost and give nothing here: weights that run
 * along with the wavefront leave no bubble either.
 */
export function bestElement(
  family: string,
  table: ElementTable = readElementTable(),
): ElementConfig {
  const measured = table.families[family] ?? table.families[sameFabric[family] ?? 'xc7'];
  const candidates = measured.variants.filter(
    ({ registeredDifference, vectorRows, shadowWeights }) => {
      return registeredDifference && vectorRows === 1 && !shadowWeights;
    },
  );
  const best = candidates.reduce((left, right) => (isSmaller(right, left) ? right : left));
  const { element, vectorRows, actSpan, shadowWeights, registeredDifference, complementedWeights } =
    best;
  return { element, vectorRows, actSpan, shadowWeights, registeredDifference, complementedWeights };
}
