/**
 * @file Pictures drawn by the program: for trying things where no data set is present.
 *
 * They have smooth areas, edges, all brightnesses and some noise, which is what activation ranges depend on. They are
 * no test set: they show that hardware and model agree, not how good the model is.
 */
import type { MapShape } from '../model/types.ts';
import { type Colour, pixelColour, type Scene } from './canvas.ts';
import { sceneMakers } from './scenes.ts';

export interface DrawnImages {
  /** `count * h * w * c` bytes: image, row, column, channel. */
  readonly images: Uint8Array;
  /** What each image shows, as a label of CIFAR-10: the drawings go round the ten classes. */
  readonly labels: Uint8Array;
  readonly count: number;
}

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32, public domain). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const NOISE = 12;

/** Move and scale the drawing a little, and shift its light, as no two photographs are alike. */
function vary(scene: Scene, random: () => number): Scene {
  const scale = 0.85 + 0.35 * random();
  const [dx, dy] = [0.14 * (random() - 0.5), 0.1 * (random() - 0.5)];
  const mirrored = random() < 0.5;
  const light = 0.8 + 0.4 * random();
  const lit = (colour: Colour): Colour => [colour[0] * light, colour[1] * light, colour[2] * light];
  return {
    top: lit(scene.top),
    bottom: lit(scene.bottom),
    shapes: scene.shapes.map(({ contains, colour }) => ({
      contains: ([x, y]) =>
        contains([
          ((mirrored ? 1 - x : x) - 0.5 - dx) / scale + 0.5,
          (y - 0.55 - dy) / scale + 0.55,
        ]),
      colour: lit(colour),
    })),
  };
}

/** Draw images of a shape with one or three channels; the same count, shape and seed give the same bytes. */
export function drawImages(
  count: number,
  [height, width, channels]: MapShape,
  seed = 1,
): DrawnImages {
  const images = new Uint8Array(count * height * width * channels);
  const labels = new Uint8Array(count);
  const random = randomNumbers(seed);
  let next = 0;
  for (let n = 0; n < count; n += 1) {
    labels[n] = n % sceneMakers.length;
    const own: Colour = [40 + 200 * random(), 40 + 180 * random(), 40 + 180 * random()];
    const scene = vary(sceneMakers[labels[n]!]!(own), random);
    for (let row = 0; row < height; row += 1) {
      for (let col = 0; col < width; col += 1) {
        const colour = pixelColour(scene, { row, col, height, width });
        const grey = (colour[0] + colour[1] + colour[2]) / 3;
        for (let c = 0; c < channels; c += 1) {
          const value = (channels === 3 ? colour[c]! : grey) + NOISE * (random() - 0.5);
          images[next] = Math.max(0, Math.min(255, Math.round(value)));
          next += 1;
        }
      }
    }
  }
  return { images, labels, count };
}
