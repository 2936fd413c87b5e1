import fc from 'fast-check';
import { expect, test } from 'vitest';
import { completeConfig, type HardwareConfig } from '../../../generator/config.ts';
import { codeOperand } from '../../../generator/plan/array-reads.ts';
import { arrayWidths } from '../../../generator/plan/array-widths.ts';
import { planOperations } from '../../../generator/plan/operations.ts';
import { sumBounds, weightImage } from '../../../generator/plan/weights.ts';
import { weightOperand } from '../../../src/fixed/operand.ts';
import { accumulate } from '../../../src/golden/run-layer.ts';
import type { QuantizedLayer, QuantizedModel } from '../../../src/quantize/types.ts';
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
  const array = arrayWidths(model);
  const { operations } = planOperations(model, config);
  const { image, bases } = weightImage(operations, array, config);
  const { walk, passes, layer, codeWidth } = operations[index];
  const code = (term: number) => codeAt(term) % 2 ** codeWidth;
  const taps = walk.kernelY * walk.kernelX;
  const lanes = taps * walk.words * rows;
  const tile = Math.floor(channel / cols);
  const mask = 2 ** array.weightWidth - 1;
  // Rows of the image, `vectorRows` a word.
  let row = bases[index] * vectorRows + tile * passes.length * lanes;
  let sum = 0;
  for (const { read, doubles } of passes) {
    if (doubles) sum *= 2;
    for (let lane = 0; lane < lanes; lane++, row++) {
      const place = (channel % cols) * vectorRows + (row % vectorRows);
      const word = image.words[Math.floor(row / vectorRows)];
      const stored = Number((word >> BigInt(place * array.weightWidth)) & BigInt(mask));
      const weight = config.complementedWeights ? mask - stored : stored;
      const tap = Math.floor(lane / (walk.words * rows));
      const within = lane % (walk.words * rows);
      const used = within < walk.terms / taps;
      const x = used ? code((tap * walk.terms) / taps + within) : layer.padCode;
      sum += Math.abs(codeOperand(x, read, array) - weightOperand(weight, array));
      // Elements with a shared sum of activations make |x - w| + w of it, w as it is stored.
      if (config.element !== 'signed') sum += weightOperand(stored, array);
    }
  }
  const codes = Int32Array.from({ length: walk.terms }, (_, term) => code(term));
  return {
    sum,
    bounds: sumBounds(operations[index], array, config),
    acc: accumulate(layer, codes, channel),
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

const allWidths = [2, 3, 4, 5, 6, 7, 8];

/** The tiny model's two adder layers and its classifier, with these widths and weights that take both ends. */
function tinyWith(
  block: { actWidth: number; weightWidth: number },
  stem: { actWidth: number; weightWidth: number },
): QuantizedModel {
  const widen = (layer: QuantizedLayer, widths: typeof block): QuantizedLayer => {
    if (layer.kind !== 'adder') throw new Error('internal: not an adder layer');
    const top = 2 ** widths.weightWidth - 1;
    const weights = layer.weights.map((_, i) => [0, top, top >> 1, 1][i % 4]);
    return { ...layer, ...widths, weights, outWidth: 8 };
  };
  const [first, second, pool, classifier] = tinyModel.layers;
  return {
    ...tinyModel,
    actWidth: Math.max(block.actWidth, stem.actWidth),
    weightWidth: Math.max(block.weightWidth, stem.weightWidth),
    layers: [
      widen(first, stem),
      { ...widen(second, block), inputShift: Math.max(0, 7 - block.actWidth) } as QuantizedLayer,
      { ...pool, outWidth: 8 },
      classifier,
    ],
  };
}

test.each(allWidths)(
  'weightImage() is exact for every layer of %i bits of activations beside every other layer',
  (actWidth) => {
    const combinations = allWidths.flatMap((weightWidth) =>
      allWidths.flatMap((a) => allWidths.map((w) => [weightWidth, a, w] as const)),
    );
    for (const [weightWidth, otherActs, otherWeights] of combinations) {
      const block = { actWidth, weightWidth };
      const other = { actWidth: otherActs, weightWidth: otherWeights };
      const model = tinyWith(block, other);
      // The layer itself and the classifier: 8-bit codes that round, saturate, and are cut into slices.
      for (const [index, channel] of [
        [1, 1],
        [3, 2],
      ]) {
        for (const first of [93, 254]) {
          const code = (term: number) => (first + 77 * term) % 256;
          const rows = 2 + (first % 2);
          const { sum, bounds, acc } = arraySum({
            model,
            hardware: { rows, cols: 2 },
            index,
            channel,
            code,
          });
          const about = JSON.stringify({ block, other, index, channel, first });
          expect(sum, about).toBe(2 ** bounds.scale * acc + bounds.offset[channel]);
          expect(sum, about).toBeLessThanOrEqual(bounds.max);
        }
      }
    }
  },
);

test('sumBounds() counts pooling by its window', () => {
  const config = completeConfig({ rows: 2, cols: 2 });
  const { operations } = planOperations(tinyModel, config);
  // The maximum of 4-bit codes is 15, whatever the window.
  expect(sumBounds(operations[2], tinyModel, config)).toMatchObject({ max: 15, scale: 0 });
});
