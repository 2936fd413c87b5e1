import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { drawImages } from '../../src/demo/draw-images.ts';

describe('drawImages()', () => {
  it('draws ten classes in turn when asked for twelve images', () => {
    const { labels, images, count } = drawImages(12, [32, 32, 3]);
    expect([...labels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    expect(images.length).toBe(12 * 32 * 32 * 3);
    expect(count).toBe(12);
  });

  it('draws the same bytes again for a seed and others for another', () => {
    const hash = (seed: number) =>
      createHash('sha256')
        .update(drawImages(3, [8, 8, 3], seed).images)
        .digest('hex');
    expect(hash(1)).toBe(hash(1));
    expect(hash(1)).not.toBe(hash(2));
  });

  it('draws one channel when the shape has one', () => {
    const { images } = drawImages(2, [28, 28, 1]);
    expect(images.length).toBe(2 * 28 * 28);
    // Dark and bright areas, not one flat grey.
    expect(Math.max(...images) - Math.min(...images)).toBeGreaterThan(100);
  });
});
