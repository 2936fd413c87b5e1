import { describe, expect, it } from 'vitest';
import { oddWeights } from '../../../src/quantize/odd-weights.ts';
import {
  flattenParameters,
  parametersOf,
  parameterView,
} from '../../../src/train/network/parameters.ts';
import { roundProducts } from '../../../src/train/network/round-products.ts';
import { everyKind } from './small-model.ts';

describe('roundProducts()', () => {
  it('roundProducts() gives multiplying layers the weights that the quantizer gives them, and others their own', () => {
    const model = everyKind();
    const layout = parametersOf(model);
    const before = flattenParameters(model);
    const after = before.slice();
    roundProducts(layout, after);
    for (const parameter of layout) {
      const [old, rounded] = [before, after].map((flat) => parameterView(parameter, flat));
      if (parameter.role !== 'product') {
        expect(rounded, parameter.name).toEqual(old);
        continue;
      }
      const { shape, data } = model.tensors.get(parameter.name)!;
      const { weights, steps } = oddWeights({ weights: data, channels: shape[0], planes: 8 });
      const terms = data.length / shape[0];
      // In a LayersModel the output channel is the last axis.
      for (const [i, w] of weights.entries()) {
        const [channel, term] = [Math.floor(i / terms), i % terms];
        expect(rounded[term * shape[0] + channel]).toBeCloseTo(w * steps[channel], 6);
      }
      expect(rounded).not.toEqual(old);
    }
  });
});
