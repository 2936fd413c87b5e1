import { expect, test } from 'vitest';
import { completeConfig, type HardwareConfig } from '../../../generator/config.ts';
import { arrayLatency } from '../../../generator/element.ts';
import { loadGap, operationCycles, sadOperations } from '../../../generator/plan/cycles.ts';
import { planOperations } from '../../../generator/plan/operations.ts';
import type { QuantizedLayer } from '../../../src/quantize/types.ts';
import { tinyModel } from '../tiny-model.ts';

/** The element of the arithmetic below, whatever is the best one. */
const element = {
  element: 'signed',
  vectorRows: 1,
  actSpan: 1,
  shadowWeights: true,
  registeredDifference: true,
} as const;
const config = completeConfig({ rows: 2, cols: 2, blockPixels: 32, ...element });
const { operations } = planOperations(tinyModel, config);

test('operationCycles() counts passes, pipeline and post-op of an array layer', () => {
  // 9 terms on 2 rows are 5 passes of 16 pixels: beats 2 .. 81. The last one's sums reach the post-op
  // 5 + 2 + 2 cycles later, in cycle 90; one group of 2 channels; 8 cycles to close.
  expect(operationCycles(operations[0], config)).toBe(98);
});

test('operationCycles() waits for weights when passes are short', () => {
  // 1 pixel, 2 tiles x 3 planes x 4 taps x 1 word = 24 passes, each at least max(2, 2, 3) = 3 cycles
  // after the one before it: the last in cycle 2 + 23 * 3 = 71, its sums in 80, and 8 to close.
  expect(operationCycles(operations[3], config)).toBe(88);
});

test('operationCycles() counts a pass for every plane and slice', () => {
  const wide = { ...tinyModel, input: { ...tinyModel.input, width: 8 } };
  const [stem] = tinyModel.layers;
  const bits = {
    kind: 'conv',
    planes: 5,
    inputShift: 0,
    weights: new Int16Array(18).fill(1),
  } as const;
  const sliced = planOperations(
    { ...wide, layers: [{ ...stem, ...bits } as QuantizedLayer] },
    config,
  ).operations[0];
  // 5 planes x 2 slices x 5 words are 50 passes of 16 pixels: the last beat in cycle 801, less 15, and 16 as above.
  expect(operationCycles(sliced, config)).toBe(818);
});

test('operationCycles() lets pooling go past the array', () => {
  // 4 taps of 4 pixels: beats 2 .. 17, 5 cycles to the post-op, 8 to close.
  expect(operationCycles(operations[2], config)).toBe(30);
});

test('operationCycles() is bound by the post-op when it has few lanes', () => {
  const oneLane = completeConfig({ rows: 2, cols: 2, lanes: 1, blockPixels: 32, ...element });
  // One pass of 16 pixels, first sums at 2 + 9, then 2 groups a pixel: 11 + 32 - 1 = 42, and 8 to close.
  expect(operationCycles(operations[1], oneLane)).toBe(50);
});

test('loadGap() and arrayLatency() follow the element', () => {
  const grid = (choice: Partial<HardwareConfig>) =>
    completeConfig({ rows: 8, cols: 16, ...element, ...choice });
  // 8 groups load in 8 cycles; a wavefront over 16 spans clears a row's shadows in 16.
  expect(loadGap(grid({}))).toBe(16);
  expect(loadGap(grid({ actSpan: 4 }))).toBe(8);
  expect(loadGap(grid({ shadowWeights: false }))).toBe(8);
  // Two rows a cycle.
  expect(loadGap(grid({ shadowWeights: false, vectorRows: 2 }))).toBe(4);
  // Groups, the register after the difference, and spans but for the first.
  expect(arrayLatency(grid({}))).toBe(8 + 1 + 15);
  expect(arrayLatency(grid({ actSpan: 4, registeredDifference: false }))).toBe(8 + 3);
  expect(arrayLatency(grid({ vectorRows: 4, actSpan: 16 }))).toBe(2 + 1);
  // The shared sum of the activations is added in a cycle of its own; a tree of 4 has 2 levels.
  expect(arrayLatency(grid({ element: 'maximum', actSpan: 4 }))).toBe(8 + 1 + 3 + 1);
  expect(arrayLatency(grid({ element: 'one-sided', vectorRows: 4, actSpan: 4 }))).toBe(
    2 + 3 + 3 + 1,
  );
});

test('operationCycles() waits for packed weights to turn where a short block ends', () => {
  // Passes of 4 pixels on 4 rows follow each other without a gap; after a block's last one the next may begin 4 + 3 cycles later.
  const plain = completeConfig({
    rows: 4,
    cols: 2,
    blockPixels: 4,
    weightMemory: 'plain',
    ...element,
  });
  const [stem] = planOperations(tinyModel, plain).operations;
  // 9 terms on 4 rows are 3 passes of 4 blocks: the last one begins in cycle 2 + 11 * 4 = 46, its last beat is in 49,
  // its sums leave the FIFO 5 + 4 + 2 cycles later in 60, and 8 to close.
  expect(operationCycles(stem, plain)).toBe(68);
  // 3 turns of 3 cycles more.
  expect(operationCycles(stem, { ...plain, weightMemory: 'packed' })).toBe(77);
});

test('operationCycles() is the same for packed weights where blocks are long enough', () => {
  const packed = { ...config, weightMemory: 'packed' } as const;
  expect(operations.map((operation) => operationCycles(operation, packed))).toEqual(
    operations.map((operation) => operationCycles(operation, config)),
  );
});

test('sadOperations() counts useful terms only', () => {
  expect(sadOperations(operations[0])).toBe(4 * 4 * 2 * 9);
  expect(sadOperations(operations[2])).toBe(0);
  expect(sadOperations(operations[3])).toBe(3 * 8 * 3);
});
