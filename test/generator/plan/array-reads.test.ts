import fc from 'fast-check';
import { expect, test } from 'vitest';
import { completeConfig } from '../../../generator/config.ts';
import {
  adderRead,
  codeOperand,
  codeWidths,
  wholeRead,
} from '../../../generator/plan/array-reads.ts';
import { arrayWidths, elementZeros, layerZeros } from '../../../generator/plan/array-widths.ts';
import { planOperations } from '../../../generator/plan/operations.ts';
import { actCode, actOperand } from '../../../src/fixed/operand.ts';
import type { AdderLayer, QuantizedModel } from '../../../src/quantize/types.ts';
import { randomCases } from '../../random-network.ts';
import { tinyModel } from '../tiny-model.ts';

/** The tiny model with maps of other widths. */
function tinyWith(widths: { input: number; stem: number; pool: number }): QuantizedModel {
  const [stem, block, pool, classifier] = tinyModel.layers;
  return {
    ...tinyModel,
    input: { ...tinyModel.input, width: widths.input },
    layers: [
      { ...stem, outWidth: widths.stem },
      block,
      { ...pool, outWidth: widths.pool },
      classifier,
    ],
  };
}

const plan = (model: QuantizedModel) =>
  planOperations(model, completeConfig({ rows: 4, cols: 2 })).operations;

const block = tinyModel.layers[1] as AdderLayer;
const fourBits = { actWidth: 4, weightWidth: 4 };

test('codeWidths() is that of the array where no map is wider', () => {
  expect(codeWidths(plan(tinyModel), tinyModel)).toEqual({
    inputWidth: 4,
    bankWidth: 4,
    codeWidth: 4,
  });
});

test('codeWidths() gives the banks room for what they hold and for a residual', () => {
  const model = tinyWith({ input: 8, stem: 6, pool: 5 });
  expect(codeWidths(plan(model), model)).toEqual({ inputWidth: 8, bankWidth: 6, codeWidth: 8 });
  const [stem] = model.layers;
  const residual = { input: 'input', zeroPoint: 3, mult: Int32Array.from([1, 1]) };
  const own = { ...model, layers: [{ ...stem, residual }] };
  expect(codeWidths(plan(own), own)).toEqual({ inputWidth: 8, bankWidth: 8, codeWidth: 8 });
});

test('adderRead() takes codes as they are when nothing rounds and nothing saturates', () => {
  expect(adderRead(block, 4, fourBits)).toEqual(wholeRead(fourBits));
  // A 5-bit code saturates.
  expect(adderRead(block, 5, fourBits)).toMatchObject({ shift: 0, bits: 4, rounds: true });
});

test('adderRead() puts what a narrower layer reads into the upper bits', () => {
  const narrow = { ...block, actWidth: 3, weightWidth: 5, inputShift: 2 };
  const read = { shift: 2, bits: 3, rounds: true, spread: false };
  expect(adderRead(narrow, 6, { actWidth: 8, weightWidth: 8 })).toEqual({ ...read, lift: 5 });
  expect(adderRead(narrow, 6, { actWidth: 3, weightWidth: 5 })).toEqual({ ...read, lift: 0 });
});

test('codeOperand() spreads a bit over the operand', () => {
  const bit = { shift: 3, bits: 1, rounds: false, lift: 0, spread: true };
  expect([8, 7, 24].map((code) => codeOperand(code, bit, fourBits))).toEqual([15, 0, 15]);
  // With finer weights the largest activation is 1111 00.
  expect(codeOperand(8, bit, { actWidth: 4, weightWidth: 6 })).toBe(60);
});

test('codeOperand() rounds as the golden model does, or takes all bits of the code apart', () => {
  fc.assert(
    fc.property(randomCases, fc.nat(), ({ model, hardware }, salt) => {
      const array = arrayWidths(model);
      const operations = planOperations(model, completeConfig(hardware)).operations;
      for (const { layer, codeWidth, passes } of operations) {
        const code = salt % 2 ** codeWidth;
        if (layer.kind === 'adder') {
          const read = actCode(code, layer.inputShift, layer);
          expect(codeOperand(code, passes[0].read, array)).toBe(
            actOperand(read, layer) * 2 ** layerZeros(layer, array),
          );
        } else if (layer.kind === 'conv') {
          const reads = new Map(passes.map(({ read }) => [read.shift, read]));
          const largest = (2 ** array.actWidth - 1) * 2 ** elementZeros(array);
          const joined = [...reads.values()].reduce((sum, read) => {
            const operand = codeOperand(code, read, array);
            return (
              sum +
              2 ** read.shift *
                (read.spread ? operand / largest : operand / 2 ** elementZeros(array))
            );
          }, 0);
          expect(joined).toBe(code);
        }
      }
    }),
  );
});
