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

  it('draws white digits on black, ten different ones, when the shape has one channel', () => {
    const { images, labels } = drawImages(10, [28, 28, 1]);
    expect([...labels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (let n = 0; n < 10; n += 1) {
      const image = images.subarray(n * 784, (n + 1) * 784);
      const ink = image.reduce((sum, value) => sum + value, 0) / 255;
      // A digit of MNIST covers about a tenth of its 784 pixels; the border stays black.
      expect(ink).toBeGreaterThan(25);
      expect(ink).toBeLessThan(200);
      expect(Math.max(...image.subarray(0, 28))).toBe(0);
    }
    expect(Buffer.compare(images.subarray(0, 784), images.subarray(784, 1568))).not.toBe(0);
  });
});
