import fc from 'fast-check';
import { expect, test } from 'vitest';
import { completeConfig, type HardwareConfig } from '../../../generator/config.ts';
import { codeOperands } from '../../../generator/plan/array-reads.ts';
import { bitPasses } from '../../../generator/plan/bit-passes.ts';
import { planOperations } from '../../../generator/plan/operations.ts';
import { sumBounds, weightImage } from '../../../generator/plan/weights.ts';
import { weightOperand } from '../../../src/fixed/operand.ts';
import { accumulate } from '../../../src/golden/run-layer.ts';
import type { QuantizedModel } from '../../../src/quantize/types.ts';
import { randomCases } from '../../random-network.ts';
import { tinyModel } from '../tiny-model.ts';

/** Sum of one output channel as feeder, array and accumulator make it from the weight memory, for one code at every term. */
function arraySum(options: {
  model: QuantizedModel;
  hardware: Partial<HardwareConfig>;
  index: number;
  channel: number;
  code: (term: number) => number;
}) {
  const { model, index, channel, code: codeAt } = options;
  const config = completeConfig(options.hardware);
  const { rows, cols, vectorRows } = config;
  const mask = 2 ** model.weightWidth - 1;
  const { operations } = planOperations(model, config);
  const { image, bases } = weightImage(operations, model, config);
  const { walk, planes, slices, layer, codeWidth } = operations[index];
  const code = (term: number) => codeAt(term) % 2 ** codeWidth;
  const taps = walk.kernelY * walk.kernelX;
  const passes = taps * walk.words;
  const tile = Math.floor(channel / cols);
  // Rows of the image, `vectorRows` a word.
  let row = bases[index] * vectorRows + tile * planes * slices * passes * rows;
  let sum = 0;
  for (const { slice, doubles } of bitPasses(operations[index], model.actWidth)) {
    if (doubles) sum *= 2;
    for (let lane = 0; lane < passes * rows; lane++, row++) {
      const place = (channel % cols) * vectorRows + (row % vectorRows);
      const word = image.words[Math.floor(row / vectorRows)];
      const stored = Number((word >> BigInt(place * model.weightWidth)) & BigInt(mask));
      const weight = config.complementedWeights ? mask - stored : stored;
      const tap = Math.floor(lane / (walk.words * rows));
      const within = lane % (walk.words * rows);
      const used = within < walk.terms / taps;
      const x = used ? code((tap * walk.terms) / taps + within) : layer.padCode;
      const operand = codeOperands(x, operations[index], model)[slice];
      sum += Math.abs(operand - weightOperand(weight, model));
      // Elements with a shared sum of activations make |x - w| + w of it, w as it is stored.
      if (config.element !== 'signed') sum += weightOperand(stored, model);
    }
  }
  const codes = Int32Array.from({ length: walk.terms }, (_, term) => code(term));
  return {
    sum,
    bounds: sumBounds(operations[index], model, config),
    acc: accumulate(layer, codes, channel, model),
  };
}

test('weightImage() makes the array compute the accumulator, scaled and offset', () => {
  fc.assert(
    fc.property(randomCases, fc.nat(), fc.nat(), ({ model, hardware }, pick, salt) => {
      const arrays = model.layers.flatMap((layer, index) =>
        layer.kind === 'adder' || layer.kind === 'conv' ? [index] : [],
      );
      fc.pre(arrays.length > 0);
      const config = completeConfig(hardware);
      const layerIndex = arrays[pick % arrays.length];
      const { operations } = planOperations(model, config);
      const index = operations.findIndex(
        ({ layer }) => layer.name === model.layers[layerIndex].name,
      );
      const channel = salt % model.layers[layerIndex].outputShape[2];
      const code = (term: number) => salt + 37 * term * (salt % 11);
      const { sum, bounds, acc } = arraySum({ model, hardware: config, index, channel, code });
      expect(sum).toBe(2 ** bounds.scale * acc + bounds.offset[channel]);
      expect(sum).toBeLessThanOrEqual(bounds.max);
    }),
    { numRuns: 300 },
  );
});

test('sumBounds() counts pooling by its window', () => {
  const config = completeConfig({ rows: 2, cols: 2 });
  const { operations } = planOperations(tinyModel, config);
  // The maximum of 4-bit codes is 15, whatever the window.
  expect(sumBounds(operations[2], tinyModel, config)).toMatchObject({ max: 15, scale: 0 });
});
