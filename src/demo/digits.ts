/**
 * @file The ten digits as a pen writes them: strokes in a box from 0 to 1, x to the right, y down.
 */
import type { Point } from './canvas.ts';

/** A pen's way without lifting it: straight between neighbouring points. */
export type Stroke = readonly Point[];

const STEPS = 16;

/** Part of an ellipse; angles in degrees, clockwise from the right. */
function arc([x, y]: Point, [rx, ry]: Point, [from, to]: Point): Stroke {
  return Array.from({ length: STEPS + 1 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / STEPS) * Math.PI) / 180;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)] as const;
  });
}

/** One list of strokes a digit, 0 first. */
export const digits: readonly (readonly Stroke[])[] = [
  [arc([0.5, 0.5], [0.3, 0.48], [0, 360])],
  [
    [
      [0.38, 0.18],
      [0.52, 0.03],
      [0.52, 0.97],
    ],
  ],
  [[...arc([0.48, 0.27], [0.28, 0.25], [190, 385]), [0.2, 0.95], [0.82, 0.95]]],
  [arc([0.45, 0.26], [0.28, 0.24], [200, 450]), arc([0.45, 0.73], [0.32, 0.25], [270, 520])],
  [
    [
      [0.3, 0.05],
      [0.18, 0.58],
      [0.82, 0.58],
    ],
    [
      [0.68, 0.1],
      [0.66, 0.98],
    ],
  ],
  [[[0.78, 0.05], [0.32, 0.05], [0.27, 0.44], ...arc([0.46, 0.68], [0.32, 0.28], [235, 510])]],
  [[[0.66, 0.03], [0.4, 0.3], [0.24, 0.62], ...arc([0.5, 0.72], [0.27, 0.25], [180, 540])]],
  [
    [
      [0.2, 0.06],
      [0.8, 0.06],
      [0.44, 0.97],
    ],
  ],
  [arc([0.5, 0.26], [0.25, 0.23], [90, 450]), arc([0.5, 0.74], [0.3, 0.25], [270, 630])],
  [[...arc([0.48, 0.3], [0.27, 0.26], [0, 360]), [0.75, 0.3], [0.7, 0.66], [0.6, 0.97]]],
];
