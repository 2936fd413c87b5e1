import fc from 'fast-check';
import { expect, test } from 'vitest';
import { completeConfig } from '../../../generator/config.ts';
import {
  codeOperands,
  codeWidths,
  planReads,
  shiftChoice,
} from '../../../generator/plan/array-reads.ts';
import { planOperations } from '../../../generator/plan/operations.ts';
import { actCode, actOperand } from '../../../src/fixed/operand.ts';
import type { QuantizedLayer, QuantizedModel } from '../../../src/quantize/types.ts';
import { randomCases } from '../../random-network.ts';
import { tinyModel } from '../tiny-model.ts';

/** The tiny model with maps of other widths; `block` is the adder layer that reads `stem`'s map. */
function tinyWith(widths: {
  input: number;
  stem: number;
  pool: number;
  blockShift: number;
}): QuantizedModel {
  const [stem, block, pool, classifier] = tinyModel.layers;
  return {
    ...tinyModel,
    input: { ...tinyModel.input, width: widths.input },
    layers: [
      { ...stem, outWidth: widths.stem },
      { ...block, inputShift: widths.blockShift } as QuantizedLayer,
      { ...pool, outWidth: widths.pool },
      classifier,
    ],
  };
}

const plan = (model: QuantizedModel) =>
  planOperations(model, completeConfig({ rows: 4, cols: 2 })).operations;

test('planReads() has nothing to do where maps are as wide as the array', () => {
  const operations = plan(tinyModel);
  expect(planReads(operations, tinyModel)).toEqual({ slices: 1, shifts: [0] });
  expect(codeWidths(operations, tinyModel)).toEqual({ inputWidth: 4, bankWidth: 4, codeWidth: 4 });
});

test('planReads() lists the slices first, then what adder layers drop', () => {
  const model = tinyWith({ input: 8, stem: 6, pool: 7, blockShift: 2 });
  const operations = plan(model);
  const reads = planReads(operations, model);
  expect(reads).toEqual({ slices: 2, shifts: [0, 4, 2] });
  // Stem and pool drop nothing, the classifier's choice is its slice.
  expect(operations.map((operation) => shiftChoice(operation, reads))).toEqual([0, 2, 0, 0]);
});

test('codeWidths() gives the banks room for what they hold and for a residual', () => {
  const model = tinyWith({ input: 8, stem: 6, pool: 5, blockShift: 2 });
  expect(codeWidths(plan(model), model)).toEqual({ inputWidth: 8, bankWidth: 6, codeWidth: 8 });
  const [stem] = model.layers;
  const residual = { input: 'input', zeroPoint: 3, mult: Int32Array.from([1, 1]) };
  const own = { ...model, layers: [{ ...stem, residual }] };
  expect(codeWidths(plan(own), own)).toEqual({ inputWidth: 8, bankWidth: 8, codeWidth: 8 });
});

test('planOperations() adds planes until every exponent of a sliced layer has a pass', () => {
  const model = tinyWith({ input: 4, stem: 4, pool: 8, blockShift: 0 });
  // 3 planes, slices of 4 bits.
  expect(plan(model)[3]).toMatchObject({ planes: 4, slices: 2, codeWidth: 8 });
});

test('codeOperands() cuts a code into slices, or rounds it as the golden model does', () => {
  fc.assert(
    fc.property(randomCases, fc.nat(), ({ model, hardware }, salt) => {
      for (const operation of planOperations(model, completeConfig(hardware)).operations) {
        const code = salt % 2 ** operation.codeWidth;
        const operands = codeOperands(code, operation, model);
        if (operation.layer.kind === 'adder') {
          const read = actCode(code, operation.layer.inputShift, model);
          expect(operands).toEqual([actOperand(read, model)]);
        } else if (operation.layer.kind === 'conv') {
          const joined = operands.reduce(
            (sum, operand, slice) => sum + operand * 2 ** (slice * model.actWidth),
            0,
          );
          expect(joined).toBe(actOperand(code, model));
        }
      }
    }),
  );
});
