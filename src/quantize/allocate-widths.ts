/**
 * @file Widths of adder layers under a budget: few bits where they do least harm.
 */
import type { OperandWidths } from '../fixed/operand.ts';
import { fail } from '../issues.ts';
import type { LayerWidths } from './widths.ts';

/** What a layer adds to the network's error at some widths. */
export interface WidthError extends OperandWidths {
  readonly error: number;
}

/** Every pair of widths that each adder layer may have. */
export type Sensitivities = ReadonlyMap<string, readonly WidthError[]>;

/** Amounts by name, for example `{ lut: 9828, bram: 40, cycles: 197174 }`. */
export type Amounts = Readonly<Record<string, number>>;

/** What a network of these widths takes; a budget may limit any of the amounts. Called some thousand times. */
export type WidthCost = (layers: LayerWidths) => Amounts;

type Choice = ReadonlyMap<string, WidthError>;
type Width = keyof OperandWidths;
const WIDTHS: readonly Width[] = ['actWidth', 'weightWidth'];

/**
 * Choose the widths of all adder layers: least error that keeps to the budget, greedily.
 *
 * From the widest on, the step is taken that costs least error for what it saves of the overrun: one layer's activations
 * or weights a width narrower, or all layers' that have the widest (only together do they narrow the array). What is
 * left over in the end widens layers again. Deterministic. Throws a DesignError with what the narrowest layers take when
 * nothing fits.
 */
export function allocateWidths(
  sensitivities: Sensitivities,
  cost: WidthCost,
  budget: Amounts,
): LayerWidths {
  const options = { sensitivities, cost, budget };
  let choice = extreme(sensitivities, (a, b) => b - a);
  let over = overrun(choice, options);
  while (over > 0) {
    const next = bestStep(choice, over, options);
    if (next === undefined) return refuse(choice, options);
    [choice, over] = [next.choice, next.over];
  }
  return withoutErrors(spendRest(choice, options));
}

/** Leave out pairs with a width of more than `most` bits. */
export function withinWidth(sensitivities: Sensitivities, most: number): Sensitivities {
  return new Map(
    [...sensitivities].map(([layer, pairs]) => [
      layer,
      pairs.filter((pair) => Math.max(pair.actWidth, pair.weightWidth) <= most),
    ]),
  );
}

interface Options {
  readonly sensitivities: Sensitivities;
  readonly cost: WidthCost;
  readonly budget: Amounts;
}

interface Step {
  readonly choice: Choice;
  readonly over: number;
  /** Error for what is saved; of steps that save nothing, the error, behind all others. */
  readonly price: number;
  readonly saves: boolean;
}

function bestStep(choice: Choice, over: number, options: Options): Step | undefined {
  const before = errorOf(choice);
  const { sensitivities } = options;
  const single = [...choice.keys()].flatMap((layer) =>
    WIDTHS.flatMap((width) => narrow(choice, [layer], width, sensitivities) ?? []),
  );
  const together = WIDTHS.flatMap((width) => {
    const widest = Math.max(...[...choice.values()].map((at) => at[width]));
    const layers = [...choice].filter(([, at]) => at[width] === widest).map(([layer]) => layer);
    return narrow(choice, layers, width, sensitivities) ?? [];
  });
  return [...single, ...together]
    .map((next): Step => {
      const left = overrun(next, options);
      const added = Math.max(0, errorOf(next) - before);
      const saves = left < over;
      return { choice: next, over: left, saves, price: saves ? added / (over - left) : added };
    })
    .reduce<Step | undefined>((best, step) => (isBetter(step, best) ? step : best), undefined);
}

function isBetter(step: Step, best: Step | undefined): boolean {
  if (best === undefined || step.saves !== best.saves) return best === undefined || step.saves;
  return step.price < best.price;
}

/** The next pair that is narrower in one width and the same in the other, for each layer; none if a layer has none. */
function narrow(
  choice: Choice,
  layers: readonly string[],
  width: Width,
  sensitivities: Sensitivities,
): Choice | undefined {
  const next = new Map(choice);
  for (const layer of layers) {
    const at = choice.get(layer)!;
    const saved = (pair: WidthError) => at[width] - pair[width];
    const found = nearest(sensitivities, layer, saved, sameOther(width, at));
    if (found === undefined) return undefined;
    next.set(layer, found);
  }
  return next;
}

function sameOther(width: Width, at: WidthError): (pair: WidthError) => boolean {
  const other: Width = width === 'actWidth' ? 'weightWidth' : 'actWidth';
  return (pair) => pair[other] === at[other];
}

/** The pair at the least positive distance. */
function nearest(
  sensitivities: Sensitivities,
  layer: string,
  distance: (pair: WidthError) => number,
  fits: (pair: WidthError) => boolean,
): WidthError | undefined {
  return sensitivities
    .get(layer)!
    .filter((pair) => fits(pair) && distance(pair) > 0)
    .sort((a, b) => distance(a) - distance(b))[0];
}

/** Widen the layer that gains most as long as the budget holds. */
function spendRest(choice: Choice, options: Options): Choice {
  const { sensitivities } = options;
  const wider = [...choice.entries()].flatMap(([layer, at]) =>
    WIDTHS.flatMap((width) => {
      const next = nearest(
        sensitivities,
        layer,
        (pair) => pair[width] - at[width],
        sameOther(width, at),
      );
      if (next === undefined || next.error >= at.error) return [];
      return [{ gain: at.error - next.error, choice: new Map(choice).set(layer, next) }];
    }),
  );
  const best = wider
    .sort((a, b) => b.gain - a.gain)
    .find((step) => overrun(step.choice, options) === 0);
  return best === undefined ? choice : spendRest(best.choice, options);
}

/** Every layer's widest or narrowest pair. */
function extreme(sensitivities: Sensitivities, order: (a: number, b: number) => number): Choice {
  const bits = (pair: OperandWidths) => pair.actWidth + pair.weightWidth;
  return new Map(
    [...sensitivities].map(([layer, pairs]) => [
      layer,
      [...pairs].sort((a, b) => order(bits(a), bits(b)))[0],
    ]),
  );
}

/** The sum of the shares by which a budget is exceeded; 0 when it is kept exactly. */
function overrun(choice: Choice, { cost, budget }: Options): number {
  const amounts = cost(withoutErrors(choice));
  return Object.entries(budget).reduce((sum, [name, limit]) => {
    const amount = amounts[name];
    if (amount === undefined) throw new Error(`internal: the cost has no amount "${name}"`);
    return sum + Math.max(0, amount - limit) / Math.max(limit, Number.MIN_VALUE);
  }, 0);
}

function errorOf(choice: Choice): number {
  return [...choice.values()].reduce((sum, { error }) => sum + error, 0);
}

function withoutErrors(choice: Choice): LayerWidths {
  return new Map(
    [...choice].map(([layer, { actWidth, weightWidth }]) => [layer, { actWidth, weightWidth }]),
  );
}

function refuse(choice: Choice, { cost, budget }: Options): never {
  const amounts = cost(withoutErrors(choice));
  const over = Object.entries(budget).filter(([name, limit]) => amounts[name] > limit);
  const say = ([name, limit]: readonly [string, number]) =>
    `${name} ${Number(amounts[name].toPrecision(6))}, ${limit} is allowed`;
  return fail(
    `Cannot keep to the budget: with the fewest bits in every layer the network takes ${over.map(say).join('; ')}`,
    'Allow more, or use a smaller network',
  );
}
