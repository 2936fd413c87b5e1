/**
 * @file Maps to memory: which bank, which address, for how long.
 *
 * Each bank has one read and one write port. An operation that reads a map and a residual therefore
 * needs them in different banks: the maps are coloured with two colours, and where that is impossible (a
 * map that is its own residual, an odd cycle) a map is written to both banks at once. Within a bank maps
 * are placed by liveness, first fit; a result takes its residual's place when that one is not read again.
 */
import { INPUT } from '../../src/model/types.ts';
import type { Operation, Placement } from './types.ts';

type Side = 'a' | 'b' | 'both';

/** A map while somebody still reads it; operations are counted from 0. */
interface Life {
  readonly words: number;
  readonly from: number;
  readonly to: number;
}

interface Placed {
  readonly life: Life;
  readonly base: number;
}

/** Place every operation's maps; `depthA`, `depthB` are the words that the banks need. */
export function placeMaps(
  operations: readonly Operation[],
  rows: number,
): { placements: Placement[]; depthA: number; depthB: number } {
  const lives = findLives(operations, rows);
  const sides = chooseSides(operations);
  const bases = { a: new Map<string, number>(), b: new Map<string, number>() };
  const placed: { a: Placed[]; b: Placed[] } = { a: [], b: [] };

  operations.forEach(({ layer }, index) => {
    const life = lives.get(layer.name);
    if (life === undefined) return;
    for (const bank of banksOf(sides.get(layer.name)!)) {
      const base =
        inPlaceBase({ layer, index, lives, bases: bases[bank] }) ?? firstFit(placed[bank], life);
      bases[bank].set(layer.name, base);
      placed[bank].push({ life, base });
    }
  });

  const lastInputRead = operations.findLastIndex(
    ({ layer }) => layer.input === INPUT || layer.residual?.input === INPUT,
  );
  const placements = operations.map(({ layer }, index): Placement => {
    const [source, residual] = readBanks(
      layer.input === INPUT ? 'input' : sides.get(layer.input)!,
      residualSide(layer.residual?.input, sides),
    );
    const base = (bank: 'a' | 'b' | 'input', name: string) =>
      bank === 'input' ? 0 : bases[bank].get(name)!;
    return {
      source,
      sourceBase: base(source, layer.input),
      residual: residual && { bank: residual, base: base(residual, layer.residual!.input) },
      writeA: bases.a.get(layer.name) ?? null,
      writeB: bases.b.get(layer.name) ?? null,
      toStream: index === operations.length - 1,
      releasesInput: index === lastInputRead,
    };
  });
  const depth = (maps: readonly Placed[]) =>
    Math.max(1, ...maps.map(({ base, life }) => base + life.words));
  return { placements, depthA: depth(placed.a), depthB: depth(placed.b) };
}

/** From the operation that writes a map to the last one that reads it; maps that nobody reads have none. */
function findLives(operations: readonly Operation[], rows: number): Map<string, Life> {
  const lives = new Map<string, Life>();
  operations.forEach(({ layer }, from) => {
    const to = operations.findLastIndex(
      (reader) => reader.layer.input === layer.name || reader.layer.residual?.input === layer.name,
    );
    if (to < 0) return;
    const [height, width, channels] = layer.outputShape;
    const words = height * width * Math.ceil(channels / rows);
    lives.set(layer.name, { words, from, to });
  });
  return lives;
}

/** Two colours for the maps, neighbours being those that one operation reads together. */
function chooseSides(operations: readonly Operation[]): Map<string, Side> {
  const neighbours = new Map<string, Set<string>>();
  const note = (name: string, other: string) =>
    neighbours.set(name, (neighbours.get(name) ?? new Set()).add(other));
  for (const { layer } of operations) {
    const residual = layer.residual?.input;
    if (residual === undefined || residual === INPUT || layer.input === INPUT) continue;
    note(layer.input, residual);
    note(residual, layer.input);
  }
  const sides = new Map<string, Side>();
  for (const { layer } of operations) {
    const beside = neighbours.get(layer.name) ?? new Set();
    const taken = [...beside].map((name) => sides.get(name));
    // Without a constraint maps alternate, which keeps both banks about equally full.
    const preferred = sides.get(layer.input) === 'a' ? 'b' : 'a';
    sides.set(layer.name, beside.has(layer.name) ? 'both' : freeSide(taken, preferred));
  }
  return sides;
}

function freeSide(taken: readonly (Side | undefined)[], preferred: 'a' | 'b'): Side {
  if (taken.includes('a') && taken.includes('b')) return 'both';
  if (taken.includes('a')) return 'b';
  if (taken.includes('b')) return 'a';
  return preferred;
}

function residualSide(
  name: string | undefined,
  sides: ReadonlyMap<string, Side>,
): Side | 'input' | undefined {
  if (name === undefined) return undefined;
  return name === INPUT ? 'input' : sides.get(name)!;
}

/** Banks to read map and residual from, never the same one. */
function readBanks(
  source: Side | 'input',
  residual: Side | 'input' | undefined,
): ['a' | 'b' | 'input', 'a' | 'b' | 'input' | null] {
  if (residual === undefined) return [source === 'both' ? 'a' : source, null];
  if (source === 'both')
    return residual === 'a' ? ['b', 'a'] : ['a', residual === 'both' ? 'b' : residual];
  if (residual === 'both') return [source, source === 'a' ? 'b' : 'a'];
  if (source === residual) throw new Error(`internal: map and residual share bank ${source}`);
  return [source, residual];
}

function banksOf(side: Side): readonly ('a' | 'b')[] {
  return side === 'both' ? ['a', 'b'] : [side];
}

/** The residual's place, when it dies here: word by word it is read before the result is written. */
function inPlaceBase(options: {
  layer: Operation['layer'];
  index: number;
  lives: ReadonlyMap<string, Life>;
  bases: ReadonlyMap<string, number>;
}): number | undefined {
  const { layer, index, lives, bases } = options;
  const residual = layer.residual?.input;
  if (residual === undefined || residual === INPUT || residual === layer.input) return undefined;
  return lives.get(residual)!.to === index ? bases.get(residual) : undefined;
}

function firstFit(placed: readonly Placed[], life: Life): number {
  const alive = placed
    .filter((other) => other.life.to >= life.from)
    .sort((one, other) => one.base - other.base);
  let base = 0;
  for (const other of alive) {
    if (base + life.words <= other.base) break;
    base = Math.max(base, other.base + other.life.words);
  }
  return base;
}
