import { beforeAll, describe, expect, it } from 'vitest';
import { drawImages } from '../../../src/demo/draw-images.ts';
import { findArchitecture } from '../../../src/model/architectures/registry.ts';
import type { FloatModel, Rounding } from '../../../src/model/types.ts';
import { foldWeights } from '../../../src/quantize/fold-weights.ts';
import { lower } from '../../../src/quantize/lower.ts';
import { operandCoding } from '../../../src/quantize/map-coding.ts';
import { quantize } from '../../../src/quantize/quantize.ts';
import { holdWeights } from '../../../src/train/network/clamp-weights.ts';
import { fakeQuantizationOf } from '../../../src/train/network/fake-quantization.ts';
import { initialModel } from '../../../src/train/network/initial-model.ts';
import { flattenParameters, parametersOf } from '../../../src/train/network/parameters.ts';
import { prepareTuning } from '../../../src/train/network/prepare-tuning.ts';
import { withRounding } from '../../../src/train/network/with-rounding.ts';
import { asTrainingImages, type TrainingImages } from '../../../src/training-images.ts';
import { fitBatchNorms } from '../../quantize/random-architecture.ts';
import { everyKind } from './small-model.ts';

const training = (images: Uint8Array) =>
  asTrainingImages({ name: 'drawn', split: 'train', images });

const COUNT = 16;
let model: FloatModel;
let batch: { readonly images: TrainingImages; readonly count: number; readonly threads: 1 };

beforeAll(async () => {
  const lenet = initialModel(findArchitecture('lenet5-bn'), 1);
  // Weights that reach far beyond every range, as those of trained networks do.
  const tensors = new Map(
    [...lenet.tensors].map(([name, { shape, data }]) => [
      name,
      { shape, data: shape.length > 1 ? data.map((w) => 6 * w) : data.slice() },
    ]),
  );
  model = { ...lenet, tensors };
  batch = {
    images: training(drawImages(COUNT, model.inputShape).images),
    count: COUNT,
    threads: 1,
  };
  await fitBatchNorms(model, batch.images, COUNT);
});

/** What each channel of each layer adds to its scaled sums of codes, in reals. */
function offsetsOf(of: FloatModel, { maps, layers }: Rounding): number[] {
  const codings = new Map(maps.map((map) => [map.layer, map]));
  const roundings = new Map(layers.map((layer) => [layer.layer, layer]));
  return lower(of).layers.flatMap((layer) => {
    if (layer.kind !== 'adder') return [];
    const rounding = roundings.get(layer.name)!;
    const read = operandCoding(codings.get(layer.input)!, rounding.inputShift, rounding.actWidth);
    const { constant } = foldWeights(layer, read, rounding);
    return Array.from(
      constant,
      (k, c) => layer.scale[c] * (rounding.gain[c] * k + rounding.offset[c]) + layer.offset[c],
    );
  });
}

describe('prepareTuning()', () => {
  it('prepareTuning() clamps weights and changes no constant of the integer network', async () => {
    for (const bits of [8, 3]) {
      const widths = { actWidth: bits, weightWidth: bits };
      const before = await quantize({ model, ...batch, ...widths });
      const tuned = await prepareTuning({ model, ...batch, ...widths });
      const ends = new Map(
        fakeQuantizationOf(tuned.model, tuned.rounding).operands.map(({ weight, weights }) => [
          weight,
          [weights.low, weights.low + (weights.levels - 1) * weights.scale],
        ]),
      );
      for (const [name, [low, high]] of ends) {
        const { data } = tuned.model.tensors.get(name)!;
        expect(data.every((w) => w >= low - 1e-6 && w <= high + 1e-6)).toBe(true);
        const { data: wide } = model.tensors.get(name)!;
        expect(wide.filter((w) => w < low || w > high).length).toBeGreaterThan(wide.length / 3);
      }
      const rounded = withRounding(tuned.model, tuned.rounding);
      const after = await quantize({ model: rounded, ...batch, ...widths });
      expect([before.report.isTrained, after.report.isTrained]).toEqual([false, true]);
      for (const [i, layer] of before.model.layers.entries()) {
        if (layer.kind === 'adder')
          expect(after.model.layers[i]).toMatchObject({ weights: layer.weights });
      }
      const [wanted, found] = [
        offsetsOf(model, before.rounding),
        offsetsOf(tuned.model, tuned.rounding),
      ];
      for (const [i, value] of wanted.entries()) expect(found[i]).toBeCloseTo(value, 3);
      // The float network loses the constants in its sums and gains them in its means.
      const cut = (name: string, c: number) => {
        const [wide, held] = [model, tuned.model].map((each) => each.tensors.get(name)!);
        const terms = wide.data.length / wide.shape[0];
        const part = (data: Float32Array) => data.subarray(c * terms, (c + 1) * terms);
        return part(wide.data).reduce((sum, w, k) => sum + Math.abs(w - part(held.data)[k]), 0);
      };
      for (const [weight, norm] of [
        ['conv1.weight', 'bn1.mean'],
        ['fc3.weight', 'bn5.mean'],
      ]) {
        const means = [model, tuned.model].map((each) => each.tensors.get(norm)!.data);
        for (const [c, mean] of means[1].entries()) {
          expect(mean - means[0][c]).toBeCloseTo(cut(weight, c), 2);
        }
      }
    }
  });

  it('prepareTuning() keeps the rounding of a model that was fine-tuned for the same widths', async () => {
    const widths = { actWidth: 4, weightWidth: 4 };
    const first = await prepareTuning({ model, ...batch, ...widths });
    const again = await prepareTuning({
      ...batch,
      ...widths,
      model: withRounding(first.model, first.rounding),
    });
    expect(again.rounding.maps).toEqual(first.rounding.maps);
    const other = { actWidth: 5, weightWidth: 5 };
    const rounded = withRounding(first.model, first.rounding);
    const anew = await prepareTuning({ ...batch, ...other, model: rounded });
    expect(anew.rounding.widths).toMatchObject({ actWidth: 5, storeWidth: 8 });
    expect(anew.rounding.maps).not.toEqual(first.rounding.maps);
  });

  it('prepareTuning() refuses an adder layer without batch normalization', async () => {
    const { nodes, ...rest } = everyKind();
    const bare = {
      ...rest,
      nodes: nodes
        .filter(({ name }) => name !== 'n2')
        .map((node) =>
          node.kind === 'add' && node.name === 'sum'
            ? { ...node, inputs: ['a1', 'r1'] as const }
            : node,
        ),
    };
    const images = training(Uint8Array.from({ length: 16 * 84 }, (_, i) => i % 251));
    const request = { model: bare, images, count: 16, threads: 1, actWidth: 4, weightWidth: 4 };
    await expect(prepareTuning(request)).rejects.toThrow(
      'Cannot fine-tune adder layer "a1" for few bits: no batch normalization follows it',
    );
  });
});

describe('holdWeights()', () => {
  it('holdWeights() brings adder weights back to the ends of their range and touches nothing else', async () => {
    const tuned = await prepareTuning({ model, ...batch, actWidth: 4, weightWidth: 4 });
    const quantization = fakeQuantizationOf(tuned.model, tuned.rounding);
    const layout = parametersOf(tuned.model);
    const flat = flattenParameters(tuned.model);
    const moved = flat.map((w) => w + 100);
    holdWeights(layout, quantization, moved);
    for (const { role, offset, length, name } of layout) {
      const values = moved.subarray(offset, offset + length);
      if (role !== 'adder') expect(values[0]).toBeCloseTo(flat[offset] + 100, 3);
      else {
        const { weights } = quantization.operands.find(({ weight }) => weight === name)!;
        const high = weights.low + (weights.levels - 1) * weights.scale;
        expect(values.every((w) => Math.abs(w - high) < 1e-5)).toBe(true);
      }
    }
  });
});
