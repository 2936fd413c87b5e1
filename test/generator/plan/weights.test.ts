import fc from 'fast-check';
import { expect, test } from 'vitest';
import { completeConfig } from '../../../generator/config.ts';
import { planOperations } from '../../../generator/plan/operations.ts';
import { sumBounds, weightImage } from '../../../generator/plan/weights.ts';
import { actOperand, weightOperand } from '../../../src/fixed/operand.ts';
import type { QuantizedModel } from '../../../src/quantize/types.ts';
import { randomCases } from '../../random-network.ts';
import { tinyModel } from '../tiny-model.ts';

/** Sum of one output channel as the array makes it from the weight memory, for one activation at every term. */
function arraySum(options: {
  model: QuantizedModel;
  rows: number;
  cols: number;
  index: number;
  channel: number;
  act: (term: number) => number;
}) {
  const { model, rows, cols, index, channel, act } = options;
  const config = completeConfig({ rows, cols });
  const { operations } = planOperations(model, config);
  const { image, bases } = weightImage(operations, model, config);
  const { walk, planes, layer } = operations[index];
  const taps = walk.kernelY * walk.kernelX;
  const passes = taps * walk.words;
  const tile = Math.floor(channel / cols);
  let word = bases[index] + tile * planes * passes * rows;
  let sum = 0;
  for (let plane = 0; plane < planes; plane++) {
    sum *= 2;
    for (let lane = 0; lane < passes * rows; lane++, word++) {
      const shift = BigInt((channel % cols) * model.weightWidth);
      const code = Number((image.words[word] >> shift) & BigInt(2 ** model.weightWidth - 1));
      const tap = Math.floor(lane / (walk.words * rows));
      const within = lane % (walk.words * rows);
      const used = within < walk.terms / taps;
      const x = used ? act((tap * walk.terms) / taps + within) : layer.padCode;
      sum += Math.abs(actOperand(x, model) - weightOperand(code, model));
    }
  }
  return { sum, bounds: sumBounds(operations[index], model, rows), layer, terms: walk.terms };
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
      const act = (term: number) => (salt + 37 * term * (salt % 11)) % 2 ** model.actWidth;
      const { sum, bounds, layer, terms } = arraySum({ model, ...config, index, channel, act });
      if (layer.kind !== 'adder' && layer.kind !== 'conv') throw new Error('not an array layer');
      let acc = 0;
      for (let term = 0; term < terms; term++) {
        const weight = layer.weights[channel * terms + term];
        acc +=
          layer.kind === 'conv'
            ? weight * act(term)
            : Math.abs(actOperand(act(term), model) - weightOperand(weight, model));
      }
      expect(sum).toBe(2 ** bounds.scale * acc + bounds.offset[channel]);
      expect(sum).toBeLessThanOrEqual(bounds.max);
    }),
    { numRuns: 300 },
  );
});

test('sumBounds() counts pooling by its window', () => {
  const { operations } = planOperations(tinyModel, completeConfig({ rows: 2, cols: 2 }));
  // The maximum of 4-bit codes is 15, whatever the window.
  expect(sumBounds(operations[2], tinyModel, 2)).toMatchObject({ max: 15, scale: 0 });
});
