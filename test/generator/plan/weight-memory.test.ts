import { expect, test } from 'vitest';
import { completeConfig } from '../../../generator/config.ts';
import { blockRams } from '../../../generator/plan/block-rams.ts';
import { planDesign } from '../../../generator/plan/plan.ts';
import { planWeightMemory } from '../../../generator/plan/weight-memory.ts';
import { tinyModel } from '../tiny-model.ts';

test.each([
  // Half a block holds 1,024 words of 18 bits, 2,048 of 9.
  [1, 1, 0.5],
  [1024, 18, 0.5],
  [1025, 18, 1],
  [2048, 9, 0.5],
  // Five halves of 2,048 x 9.
  [10_240, 9, 2.5],
  [10_241, 9, 3],
  // Seven columns of 9 halves of 2,048 x 9, and two of 16,384 x 1.
  [18_400, 64, 32.5],
])('blockRams() of %i words of %i bits are %d', (words, width, blocks) => {
  expect(blockRams({ words, width, readPorts: 2 })).toBe(blocks);
});

/** A plain memory of 8-bit codes in which `others` of 100 weights are neither 0 nor 255. */
function plainMemory({ words, cols, others }: { words: number; cols: number; others: number }) {
  const code = (i: number) => (i % 100 < others ? 1 + (i % 200) : 255 * (i % 2));
  const row = (index: number) =>
    Array.from({ length: cols }, (_, c) => code(7 * index + 13 * c)).reduceRight(
      (word, one) => (word << 8n) | BigInt(one),
      0n,
    );
  const image = { file: 'weights.mem', comment: '', width: 8 * cols };
  return {
    image: { ...image, words: Array.from({ length: words }, (_, i) => row(i)) },
    starts: [0],
  };
}

const auto = completeConfig({ rows: 8, cols: 8 });

test('planWeightMemory() packs on its own where that saves enough block RAM', () => {
  const { kind, costs, images, packed } = planWeightMemory(
    plainMemory({ words: 16_384, cols: 8, others: 20 }),
    auto,
  );
  expect(kind).toBe('packed');
  // 64 bits of 16,384 words: seven columns of 8 halves of 2,048 x 9, one half of 16,384 x 1.
  expect(costs.plain).toEqual({ bits: 1_048_576, blocks: 28.5 });
  // 80 of 100 weights take 1.5 bits, 20 take 10: a pair's 104,858 bits are 10,486 words of 10 bits, 6 halves of 2,048 x 9
  // and one of 16,384 x 1.
  expect(costs.packed.blocks).toBe(4 * 3.5);
  expect(images).toHaveLength(4);
  expect(packed!.pairs.map(({ image }) => image)).toEqual(images);
});

test.each([
  ['it saves nothing', { words: 8192, cols: 8, others: 100 }],
  ['the memory is small', { words: 512, cols: 8, others: 20 }],
])('planWeightMemory() leaves the weights plain where %s', (_, memory) => {
  const { kind, images, packed } = planWeightMemory(plainMemory(memory), auto);
  expect(kind).toBe('plain');
  expect(images.map(({ file }) => file)).toEqual(['weights.mem']);
  expect(packed).toBeNull();
});

test('planWeightMemory() does what is asked for', () => {
  const plain = plainMemory({ words: 16, cols: 8, others: 20 });
  expect(planWeightMemory(plain, { ...auto, weightMemory: 'packed' }).kind).toBe('packed');
  const large = plainMemory({ words: 16_384, cols: 8, others: 20 });
  expect(planWeightMemory(large, { ...auto, weightMemory: 'plain' }).kind).toBe('plain');
});

test('planDesign() says which memory it chose', () => {
  expect(planDesign(tinyModel, { rows: 2, cols: 2 }).config.weightMemory).toBe('plain');
  const packed = planDesign(tinyModel, { rows: 2, cols: 3, weightMemory: 'packed' });
  expect(packed.config.weightMemory).toBe('packed');
  expect(packed.memories.weights).toHaveLength(2);
  expect(packed.fields.map(({ name }) => name)).not.toContain('weight_base');
});
