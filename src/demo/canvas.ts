/**
 * @file A tiny painter: ellipses and polygons over a gradient, in coordinates from 0 to 1.
 */

/** Red, green, blue, 0 to 255. */
export type Colour = readonly [number, number, number];
export type Point = readonly [number, number];

/** Something to paint: whether a point lies in it, and its colour. */
export interface Shape {
  readonly contains: (point: Point) => boolean;
  readonly colour: Colour;
}

/** Upright ellipse around `[x, y]`. */
export function ellipse([x, y]: Point, [rx, ry]: Point, colour: Colour): Shape {
  return {
    contains: ([px, py]) => ((px - x) / rx) ** 2 + ((py - y) / ry) ** 2 <= 1,
    colour,
  };
}

/** Polygon by its corners, filled by the even-odd rule. */
export function polygon(corners: readonly Point[], colour: Colour): Shape {
  const contains = ([px, py]: Point): boolean => {
    let inside = false;
    corners.forEach(([x1, y1], i) => {
      const [x0, y0] = corners[(i + corners.length - 1) % corners.length]!;
      const crosses = y0 > py !== y1 > py && px < x0 + ((py - y0) / (y1 - y0)) * (x1 - x0);
      if (crosses) inside = !inside;
    });
    return inside;
  };
  return { contains, colour };
}

/** Rectangle between two corners. */
export function box([x0, y0]: Point, [x1, y1]: Point, colour: Colour): Shape {
  return {
    contains: ([px, py]) => px >= x0 && px <= x1 && py >= y0 && py <= y1,
    colour,
  };
}

/** What to paint on: a vertical gradient, then shapes, later ones over earlier ones. */
export interface Scene {
  readonly top: Colour;
  readonly bottom: Colour;
  readonly shapes: readonly Shape[];
}

const SAMPLES = [0.25, 0.75] as const;

/** The scene's colour at a pixel: the mean of four points in it, so that edges are smooth. */
export function pixelColour(
  scene: Scene,
  { row, col, height, width }: { row: number; col: number; height: number; width: number },
): Colour {
  const sum = [0, 0, 0];
  for (const dy of SAMPLES) {
    for (const dx of SAMPLES) {
      const point: Point = [(col + dx) / width, (row + dy) / height];
      const hit = scene.shapes.findLast((shape) => shape.contains(point));
      for (let k = 0; k < 3; k += 1) {
        const ground = scene.top[k]! + (scene.bottom[k]! - scene.top[k]!) * point[1];
        sum[k]! += hit?.colour[k] ?? ground;
      }
    }
  }
  return [sum[0]! / 4, sum[1]! / 4, sum[2]! / 4];
}
