import fc from 'fast-check';
import { expect, test } from 'vitest';
import { completeConfig } from '../../../generator/config.ts';
import { planOperations } from '../../../generator/plan/operations.ts';
import { placeMaps } from '../../../generator/plan/placement.ts';
import type { Operation, Placement } from '../../../generator/plan/types.ts';
import { randomCases } from '../../random-network.ts';
import { tinyModel } from '../tiny-model.ts';

/**
 * Run the operations on memories of names: a write marks its words, a read finds only what was meant.
 * Returns the first word that holds something else.
 */
function firstLostWord(
  operations: readonly Operation[],
  placements: readonly Placement[],
  rows: number,
) {
  const banks = { a: new Map<number, string>(), b: new Map<number, string>() };
  const wordsOf = ([height, width, channels]: readonly number[]) =>
    height * width * Math.ceil(channels / rows);
  const check = (name: string, bank: 'a' | 'b' | 'input', base: number, words: number) => {
    if (bank === 'input') return undefined;
    for (let word = base; word < base + words; word++) {
      if (banks[bank].get(word) !== name) return `${name} at ${bank}[${word}]`;
    }
    return undefined;
  };
  for (const [index, { layer }] of operations.entries()) {
    const { source, sourceBase, residual, writeA, writeB } = placements[index];
    const out = wordsOf(layer.outputShape);
    const lost =
      check(layer.input, source, sourceBase, wordsOf(layer.inputShape)) ??
      (residual && check(layer.residual!.input, residual.bank, residual.base, out));
    if (lost) return lost;
    if (residual?.bank === source) return `two reads of bank ${source}`;
    for (const [bank, base] of [
      ['a', writeA],
      ['b', writeB],
    ] as const) {
      if (base === null) continue;
      // The map is read until the last result is written: nothing of it may be overwritten.
      if (
        bank === source &&
        base < sourceBase + wordsOf(layer.inputShape) &&
        sourceBase < base + out
      ) {
        return `${layer.name} overwrites what it reads`;
      }
      for (let word = base; word < base + out; word++) banks[bank].set(word, layer.name);
    }
  }
  return undefined;
}

test('placeMaps() keeps every map until its last reader and never reads a bank twice', () => {
  fc.assert(
    fc.property(randomCases, ({ model, hardware }) => {
      const { operations } = planOperations(model, completeConfig(hardware));
      const { placements } = placeMaps(operations, hardware.rows);
      expect(firstLostWord(operations, placements, hardware.rows)).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

test('placeMaps() puts a result in the place of a residual that dies', () => {
  const { operations } = planOperations(tinyModel, completeConfig({ rows: 2, cols: 2 }));
  const { placements, depthA, depthB } = placeMaps(operations, 2);
  // "stem" is map and residual of "block" at once: it lives in both banks.
  expect(placements[0]).toMatchObject({
    writeA: 0,
    writeB: 0,
    source: 'input',
    releasesInput: true,
  });
  expect(placements[1].residual?.bank).not.toBe(placements[1].source);
  expect(placements[3]).toMatchObject({ toStream: true, writeA: null, writeB: null });
  // 16 pixels of 2 channels on 2 rows: 16 words a map, and "block" beside "stem" in one of the banks.
  expect([depthA, depthB].sort()).toEqual([16, 32]);
});
