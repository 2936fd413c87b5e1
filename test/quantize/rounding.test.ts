import { describe, expect, it } from 'vitest';
import { evaluateInteger } from '../../src/kernels/evaluate-integer.ts';
import type { FloatModel, Rounding } from '../../src/model/types.ts';
import { type QuantizeOptions, quantize } from '../../src/quantize/quantize.ts';
import { asTrainingImages } from '../../src/training-images.ts';
import { randomSource } from '../random-source.ts';
import { buildGraph, type Line } from './build-graph.ts';
import { drawImages, fitBatchNorms } from './random-architecture.ts';

const training = (images: Uint8Array) =>
  asTrainingImages({ name: 'drawn', split: 'train', images });

const lines: readonly Line[] = [
  ['stem', 'input', { kind: 'conv', filters: 6, size: 3, padding: 1 }],
  ['stem.bn', 'stem', { kind: 'batchNorm' }],
  ['stem.relu', 'stem.bn', { kind: 'relu' }],
  ['a', 'stem.relu', { kind: 'adderConv', filters: 6, size: 3, padding: 1 }],
  ['a.bn', 'a', { kind: 'batchNorm' }],
  ['sum', 'a.bn', { kind: 'add', to: 'stem.relu' }],
  ['relu', 'sum', { kind: 'relu' }],
  ['max', 'relu', { kind: 'maxPool', size: 2, stride: 2 }],
  ['avg', 'max', { kind: 'avgPool', size: 3, stride: 3 }],
];

async function setUp(): Promise<QuantizeOptions> {
  const inputShape = [6, 6, 2] as const;
  const model = buildGraph(lines, { draw: randomSource(4), inputShape });
  const images = drawImages(inputShape, 32, 6);
  await fitBatchNorms(model, images, 32);
  return { model, images: training(images), count: 32, threads: 1, actWidth: 3, weightWidth: 3 };
}

const tuned = (model: FloatModel, rounding: Rounding): FloatModel => ({ ...model, rounding });

describe('quantize() of a model that brings its rounding along', () => {
  it('quantize() makes the same integer network again, on other calibration images too', async () => {
    const options = await setUp();
    const first = await quantize(options);
    const model = tuned(options.model, first.rounding);
    const again = await quantize({ ...options, model });
    expect(again.model.layers).toEqual(first.model.layers);
    expect(again.rounding).toEqual(first.rounding);
    expect([first.report.isTrained, again.report.isTrained]).toEqual([false, true]);
    const others = { images: training(drawImages(options.model.inputShape, 16, 99)), count: 16 };
    const elsewhere = await quantize({ ...options, ...others, model });
    // Only the channels' centres differ, around which constants are rounded: no weight, no range, hardly an output.
    for (const [i, layer] of elsewhere.model.layers.entries()) {
      const { weights, padCode, clampLow } = first.model.layers[i] as never as typeof layer & {
        weights?: unknown;
      };
      expect(layer).toMatchObject({ padCode, clampLow, ...(weights ? { weights } : {}) });
    }
    const batch = { images: options.images, count: 32, threads: 1 };
    const a = await evaluateInteger({ model: first.model, ...batch });
    const b = await evaluateInteger({ model: elsewhere.model, ...batch });
    expect(a.filter((y, i) => Math.abs(y - b[i]) > 50).length).toBeLessThan(a.length / 20);
  });

  it('quantize() chooses anew for other widths', async () => {
    const options = await setUp();
    const model = tuned(options.model, (await quantize(options)).rounding);
    const plain = await quantize({ ...options, actWidth: 5 });
    const other = await quantize({ ...options, model, actWidth: 5 });
    expect(other.report.isTrained).toBe(false);
    expect(other.model.layers).toEqual(plain.model.layers);
  });

  it('quantize() names every layer that a rounding says nothing about, or says too little', async () => {
    const options = await setUp();
    const { rounding } = await quantize(options);
    const broken: Rounding = {
      ...rounding,
      maps: rounding.maps.filter(({ layer }) => layer !== 'a'),
      layers: rounding.layers.map((layer) =>
        layer.layer === 'stem' ? { ...layer, gain: layer.gain.slice(1) } : layer,
      ),
    };
    await expect(quantize({ ...options, model: tuned(options.model, broken) })).rejects.toThrow(
      /it does not say how "a" is rounded[\s\S]*it does not say how "stem" is rounded/,
    );
  });
});
