/**
 * @file Small grey pictures of four shapes, drawn by the program: something that a tiny network learns in seconds.
 *
 * Each picture has its own place, size, brightness and noise; the training and the test pictures differ by their seed.
 */
import type { DrawnImages } from './drawn-images.ts';
import { randomNumbers } from './random-numbers.ts';

/** Names of the labels 0 to 3. */
export const shapeNames: readonly string[] = ['bar', 'post', 'cross', 'ring'];

/** Rows and columns of a picture; it has one channel. */
export const SHAPES_SIDE = 12;

const NOISE = 50;

/** Whether the point (dx, dy) from the shape's centre belongs to it; `size` is half its width. */
const insides: readonly ((dx: number, dy: number, size: number) => boolean)[] = [
  (dx, dy, size) => Math.abs(dy) <= 1 && Math.abs(dx) <= size,
  (dx, dy, size) => Math.abs(dx) <= 1 && Math.abs(dy) <= size,
  (dx, dy, size) => Math.abs(Math.abs(dx) - Math.abs(dy)) < 1 && Math.hypot(dx, dy) <= size * 1.2,
  (dx, dy, size) => Math.abs(Math.hypot(dx, dy) - size * 0.8) < 0.8,
];

/** Draw `count` pictures of 12 x 12 x 1 that go round the four shapes; the same count and seed give the same bytes. */
export function drawShapes(count: number, seed: number): DrawnImages {
  const images = new Uint8Array(count * SHAPES_SIDE * SHAPES_SIDE);
  const labels = new Uint8Array(count);
  const random = randomNumbers(seed);
  let next = 0;
  for (let n = 0; n < count; n += 1) {
    labels[n] = n % shapeNames.length;
    const inside = insides[labels[n]!]!;
    const size = 3.5 + random();
    const [x, y] = [5.5 + 3 * (random() - 0.5), 5.5 + 3 * (random() - 0.5)];
    const [ground, ink] = [20 + 30 * random(), 140 + 80 * random()];
    for (let row = 0; row < SHAPES_SIDE; row += 1) {
      for (let col = 0; col < SHAPES_SIDE; col += 1) {
        const base = inside(col - x, row - y, size) ? ink : ground;
        images[next] = Math.max(0, Math.min(255, Math.round(base + NOISE * (random() - 0.5))));
        next += 1;
      }
    }
  }
  return { images, labels, count };
}
