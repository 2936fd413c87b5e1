import { beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../src/analyze/analyze.ts';
import { reportPage } from '../../src/analyze/report-page.ts';
import { countFits, gradientRange } from '../../src/analyze/summarize.ts';
import type { Analysis } from '../../src/analyze/types.ts';
import { drawImages } from '../../src/demo/draw-images.ts';
import { INPUT } from '../../src/model/types.ts';
import { twinOf } from '../../src/train/network/twin.ts';
import { tinyModel } from '../cli/tiny-model.ts';

const model = tinyModel();
const images = { dataset: 'drawn', ...drawImages(20, model.inputShape), threads: 1 };

describe('analyze()', () => {
  let analysis: Analysis;
  beforeAll(async () => {
    analysis = await analyze({ model, twin: twinOf(model), ...images });
  });

  it('describes every layer with weights, of the network and its twin', () => {
    const layers = ['stem', 'first', 'second', 'fc'];
    for (const { distributions, variances, gradients } of [analysis.network, analysis.twin!]) {
      for (const rows of [distributions, variances, gradients.layers]) {
        expect(rows.map(({ layer }) => layer)).toEqual(layers);
      }
    }
    const kinds = (rows: readonly { readonly kind: string }[]) => rows.map(({ kind }) => kind);
    expect(kinds(analysis.network.variances)).toEqual(['product', 'adder', 'adder', 'product']);
    expect(kinds(analysis.twin!.variances)).toEqual(Array(4).fill('product'));
    expect(analysis).toMatchObject({ images: 20, tracedImages: 16, eta: 0.2 });
  });

  it('brings the sums of each channel to mean 0 and deviation 1, and knows features behind a normalization only', () => {
    for (const { layer, sums, features } of analysis.network.distributions) {
      expect(sums!.mean).toBeCloseTo(0, 4);
      expect(sums!.deviation).toBeCloseTo(1, 4);
      expect(features === undefined).toBe(layer === 'fc');
    }
    // 16 traced images of 8 x 8 x 6.
    expect(analysis.network.distributions[0].features?.count).toBe(16 * 8 * 8 * 6);
  });

  it('reads the image where a layer does, and counts its terms', () => {
    const [stem, first] = analysis.network.variances;
    expect(model.nodes[0]).toMatchObject({ name: 'stem', input: INPUT });
    // 3 x 3 x 3 and 3 x 3 x 6
    expect([stem.terms, first.terms]).toEqual([27, 54]);
    const bytes = images.images.subarray(0, 20 * 192);
    const mean = bytes.reduce((sum, byte) => sum + byte, 0) / bytes.length;
    expect(stem.input.mean).toBeCloseTo((mean / 255 - 0.5) / 0.25, 4);
  });

  it('counts fits and ranges over the layers of one kind', () => {
    expect(countFits(analysis.network, 'weights', 'adder').layers).toBe(2);
    // Uniform weights: normal is nearer than Laplace.
    expect(countFits(analysis.network, 'weights', 'adder').laplace).toBe(0);
    expect(countFits(analysis.network, 'features', 'product').layers).toBe(1);
    const { least, most } = gradientRange(analysis.network, 'adder')!;
    expect(least).toBeGreaterThan(0);
    expect(most).toBeGreaterThanOrEqual(least);
    expect(gradientRange(analysis.twin!, 'adder')).toBeUndefined();
  });

  it('is the same on any number of threads', async () => {
    const again = await analyze({ model, twin: twinOf(model), ...images, threads: 2 });
    expect(again).toEqual(analysis);
  });

  it('refuses a twin of other layers, and says which are missing', async () => {
    const { nodes, tensors } = model;
    const renamed = nodes.map((node) =>
      node.name === 'first' ? { ...node, name: 'other' } : node,
    );
    const twin = {
      ...model,
      name: 'stranger',
      nodes: renamed.map((node) =>
        'input' in node && node.input === 'first' ? { ...node, input: 'other' } : node,
      ),
      tensors,
    };
    await expect(analyze({ model, twin, ...images })).rejects.toThrow(
      /Cannot compare "tiny" with "stranger": the twin lacks 1 of 4 layers, "first"/,
    );
  });

  describe('reportPage()', () => {
    it('is one page that loads nothing, with no number that is none', () => {
      const page = reportPage(analysis);
      expect(page).toMatch(/^<!DOCTYPE html>/);
      expect(page).not.toMatch(/<script|<link|<img|https?:|url\(|@import|NaN|Infinity|undefined/);
      // Sums of 8 layers, features of 6 and weights of 8 in histograms, one picture of bars, one of points.
      expect(page.match(/<svg /g)).toHaveLength(8 + 6 + 8 + 2);
      for (const tag of ['svg', 'g', 'table', 'section', 'text', 'p']) {
        const open = page.match(new RegExp(`<${tag}[ >]`, 'g'))!.length;
        expect(page.match(new RegExp(`</${tag}>`, 'g')), tag).toHaveLength(open);
      }
    });

    it('shows hostile names as text', () => {
      const name = '<script>alert(1)</script>';
      const hostile: Analysis = {
        ...analysis,
        dataset: name,
        network: { ...analysis.network, name, arch: '"><img src=x>' },
      };
      const page = reportPage(hostile);
      expect(page).not.toMatch(/<script|<img/);
      expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    });
  });
});
