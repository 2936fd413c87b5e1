import { expect, test } from 'vitest';
import { completeConfig } from '../../../generator/config.ts';
import { wholeRead } from '../../../generator/plan/array-reads.ts';
import { arrayWidths } from '../../../generator/plan/array-widths.ts';
import { planOperations } from '../../../generator/plan/operations.ts';
import { firstPass, planPasses, readIndex } from '../../../generator/plan/pass-table.ts';
import type { QuantizedLayer, QuantizedModel } from '../../../src/quantize/types.ts';
import { tinyModel } from '../tiny-model.ts';

function tableOf(model: QuantizedModel) {
  const { operations } = planOperations(model, completeConfig({ rows: 4, cols: 2 }));
  const table = planPasses(operations, arrayWidths(model));
  const first = operations.map((operation) => firstPass(operation, table));
  return { table, first, reads: table.passes.map((pass) => readIndex(pass, table)) };
}

test('planPasses() shares the passes of operations that read alike', () => {
  const { table, first, reads } = tableOf(tinyModel);
  // The classifier's three planes; the adder layers take the first of them, which finds nothing to double.
  expect(table.passes).toHaveLength(3);
  expect(table.reads).toEqual([wholeRead(tinyModel)]);
  expect(first).toEqual([0, 0, 0, 0]);
  expect(reads).toEqual([0, 0, 0]);
});

test('planPasses() appends what an adder layer reads in its own way', () => {
  const [stem, block, pool, classifier] = tinyModel.layers;
  const narrow = { ...block, actWidth: 3, weightWidth: 4 } as QuantizedLayer;
  const { table, first, reads } = tableOf({
    ...tinyModel,
    layers: [stem, narrow, pool, classifier],
  });
  expect(first).toEqual([0, 3, 0, 0]);
  expect(reads).toEqual([0, 0, 0, 1]);
  // At most 7, in the upper bits of 4.
  expect(table.reads[1]).toEqual({ shift: 0, bits: 3, rounds: true, lift: 1, spread: false });
});

test('planPasses() has one pass for a design of nothing but pools', () => {
  const model = { ...tinyModel, layers: [{ ...tinyModel.layers[2], input: 'input' }] };
  expect(tableOf(model as QuantizedModel).table.passes).toHaveLength(1);
});
