/**
 * @file Pictures drawn by the program: for trying things where no data set is present.
 *
 * They have smooth areas, edges, all brightnesses and some noise, which is what activation ranges depend on. They are
 * no test set: they show that hardware and model agree, not how good the model is.
 */
import type { MapShape } from '../model/types.ts';
import { type Colour, pixelColour, type Scene } from './canvas.ts';
import { drawDigits } from './draw-digits.ts';
import type { DrawnImages } from './drawn-images.ts';
import { randomNumbers } from './random-numbers.ts';
import { sceneMakers } from './scenes.ts';

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

/**
 * Draw images: digits where the shape has one channel, scenes where it has three.
 *
 * The same count, shape and seed give the same bytes.
 */
export function drawImages(count: number, shape: MapShape, seed = 1): DrawnImages {
  return shape[2] === 1 ? drawDigits(count, shape, seed) : drawScenes(count, shape, seed);
}

function drawScenes(count: number, [height, width, channels]: MapShape, seed: number): DrawnImages {
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
        for (let c = 0; c < channels; c += 1) {
          const value = colour[c]! + NOISE * (random() - 0.5);
          images[next] = Math.max(0, Math.min(255, Math.round(value)));
          next += 1;
        }
      }
    }
  }
  return { images, labels, count };
}
