import { expect, it } from 'vitest';
import { allocateWidths } from '../../src/quantize/allocate-widths.ts';
import { meanBits } from '../../src/quantize/mean-bits.ts';
import { studyWidths } from '../../src/quantize/study-widths.ts';
import { asTrainingImages } from '../../src/training-images.ts';
import { randomSource } from '../random-source.ts';
import { buildGraph, type Line } from './build-graph.ts';
import { drawImages, fitBatchNorms } from './random-architecture.ts';

const lines: readonly Line[] = [
  ['a', 'input', { kind: 'adderConv', filters: 8, size: 3, padding: 1 }],
  ['a.bn', 'a', { kind: 'batchNorm' }],
  ['a.relu', 'a.bn', { kind: 'relu' }],
  ['b', 'a.relu', { kind: 'adderConv', filters: 4, size: 3 }],
  ['b.bn', 'b', { kind: 'batchNorm' }],
  ['b.relu', 'b.bn', { kind: 'relu' }],
  ['flat', 'b.relu', { kind: 'flatten' }],
  ['fc', 'flat', { kind: 'linear', filters: 5, from: 64 }],
];

it('studyWidths() finds more error for fewer bits, and allocateWidths() keeps the mean', async () => {
  const inputShape = [6, 6, 3] as const;
  const model = buildGraph(lines, { draw: randomSource(3), inputShape });
  const drawn = drawImages(inputShape, 16, 5);
  await fitBatchNorms(model, drawn, 16);
  const images = asTrainingImages({ name: 'drawn', split: 'train', images: drawn });
  const { network, sensitivities } = await studyWidths({ model, images, count: 16, threads: 1 });
  expect([...sensitivities.keys()]).toEqual(['a', 'b']);
  for (const pairs of sensitivities.values()) {
    const errorAt = (bits: number) =>
      pairs.find((pair) => pair.actWidth === bits && pair.weightWidth === bits)!.error;
    expect(pairs).toHaveLength(36);
    expect(errorAt(2)).toBeGreaterThan(2 * errorAt(4));
    expect(errorAt(4)).toBeGreaterThan(errorAt(8));
  }
  const cost = meanBits(network);
  const widths = allocateWidths(sensitivities, cost, { weights: 4, activations: 4 });
  // Layer a: 216 weights and 108 activations, layer b: 288 and 288.
  const at = (name: string) => widths.get(name)!;
  expect(cost(widths)).toEqual({
    weights: (216 * at('a').weightWidth + 288 * at('b').weightWidth) / 504,
    activations: (108 * at('a').actWidth + 288 * at('b').actWidth) / 396,
  });
  expect(cost(widths).weights).toBeLessThanOrEqual(4);
  expect(cost(widths).activations).toBeLessThanOrEqual(4);
});
