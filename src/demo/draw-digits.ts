/**
 * @file Digits drawn by the program, in the manner of MNIST: white on black, inside the middle of the image.
 *
 * Pen width, slant, size and place vary. They stand in where no MNIST is present; they are no test set.
 */
import type { MapShape } from '../model/types.ts';
import type { Point } from './canvas.ts';
import { digits, type Stroke } from './digits.ts';
import type { DrawnImages } from './drawn-images.ts';
import { randomNumbers } from './random-numbers.ts';

const INK = 255;
/** Share of the image that MNIST's digits fill: 20 of 28 pixels. */
const BOX = 20 / 28;

/** Distance of a point from a line between two others. */
function distance([px, py]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const along = ((px - ax) * dx + (py - ay) * dy) / Math.max(dx * dx + dy * dy, 1e-9);
  const t = Math.max(0, Math.min(1, along));
  return Math.hypot(px - ax - t * dx, py - ay - t * dy);
}

function distanceToStroke(point: Point, stroke: Stroke): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 1; i < stroke.length; i += 1) {
    least = Math.min(least, distance(point, stroke[i - 1]!, stroke[i]!));
  }
  return least;
}

/** A digit's strokes as one hand writes them, in pixels. */
function write(
  digit: number,
  { height, width }: { readonly height: number; readonly width: number },
  random: () => number,
): readonly Stroke[] {
  const between = (low: number, high: number) => low + (high - low) * random();
  const [sx, sy] = [width * BOX * between(0.8, 1.05), height * BOX * between(0.9, 1.02)];
  const slant = between(-0.05, 0.3);
  const [cx, cy] = [width / 2 + between(-1, 1), height / 2 + between(-1, 1)];
  return digits[digit]!.map((stroke) =>
    stroke.map(([x, y]): Point => [cx + sx * (x - 0.5 - slant * (y - 0.5)), cy + sy * (y - 0.5)]),
  );
}

/** Draw digits of a shape with one channel, 0 to 9 in turn; the same arguments give the same bytes. */
export function drawDigits(count: number, [height, width]: MapShape, seed: number): DrawnImages {
  const images = new Uint8Array(count * height * width);
  const labels = Uint8Array.from({ length: count }, (_, n) => n % digits.length);
  const random = randomNumbers(seed);
  for (let n = 0; n < count; n += 1) {
    const strokes = write(labels[n]!, { height, width }, random);
    // Half of the pen's width, in pixels.
    const pen = (0.8 + 0.6 * random()) * (height / 28);
    for (let row = 0; row < height; row += 1) {
      for (let col = 0; col < width; col += 1) {
        const point: Point = [col + 0.5, row + 0.5];
        const away = Math.min(...strokes.map((stroke) => distanceToStroke(point, stroke)));
        // Ink fades over one pixel at the stroke's edge.
        const ink = Math.max(0, Math.min(1, pen + 0.5 - away));
        images[(n * height + row) * width + col] = Math.round(INK * ink);
      }
    }
  }
  return { images, labels, count };
}
