/**
 * @file Ten simple drawings, one for each class of CIFAR-10, in its order.
 */
import { box, type Colour, ellipse, type Point, polygon, type Scene } from './canvas.ts';

const BLACK: Colour = [25, 25, 30];
const WHITE: Colour = [235, 235, 235];
const SKY: Colour = [120, 175, 235];
const ROAD: Colour = [110, 110, 115];
const GRASS: Colour = [95, 140, 60];

/** What may vary from one drawing of a kind to the next: the thing's own colour. */
type SceneMaker = (colour: Colour) => Scene;

const wheels = (xs: readonly number[]) =>
  xs.flatMap((x) => [
    ellipse([x, 0.74], [0.085, 0.085], BLACK),
    ellipse([x, 0.74], [0.04, 0.04], ROAD),
  ]);

const legs = (xs: readonly number[], top: number, colour: Colour) =>
  xs.map((x) => box([x, top], [x + 0.06, 0.88], colour));

const face = (colour: Colour, ears: readonly (readonly Point[])[]) => [
  ...ears.map((corners) => polygon(corners, colour)),
  ellipse([0.5, 0.5], [0.27, 0.25], colour),
  ellipse([0.4, 0.45], [0.045, 0.05], BLACK),
  ellipse([0.6, 0.45], [0.045, 0.05], BLACK),
  ellipse([0.5, 0.58], [0.05, 0.035], BLACK),
];

const airplane: SceneMaker = (colour) => ({
  top: SKY,
  bottom: [195, 220, 245],
  shapes: [
    polygon(
      [
        [0.45, 0.5],
        [0.6, 0.5],
        [0.38, 0.85],
        [0.3, 0.85],
      ],
      colour,
    ),
    polygon(
      [
        [0.47, 0.47],
        [0.6, 0.47],
        [0.42, 0.2],
        [0.35, 0.2],
      ],
      colour,
    ),
    polygon(
      [
        [0.08, 0.28],
        [0.17, 0.28],
        [0.28, 0.48],
        [0.12, 0.5],
      ],
      colour,
    ),
    ellipse([0.5, 0.49], [0.42, 0.075], WHITE),
  ],
});

const automobile: SceneMaker = (colour) => ({
  top: [190, 205, 215],
  bottom: ROAD,
  shapes: [
    polygon(
      [
        [0.25, 0.5],
        [0.36, 0.32],
        [0.66, 0.32],
        [0.79, 0.5],
      ],
      colour,
    ),
    polygon(
      [
        [0.31, 0.49],
        [0.38, 0.36],
        [0.64, 0.36],
        [0.72, 0.49],
      ],
      [60, 80, 100],
    ),
    box([0.08, 0.49], [0.93, 0.72], colour),
    ...wheels([0.25, 0.75]),
  ],
});

const bird: SceneMaker = (colour) => ({
  top: [150, 190, 150],
  bottom: GRASS,
  shapes: [
    polygon(
      [
        [0.12, 0.62],
        [0.36, 0.5],
        [0.36, 0.62],
      ],
      colour,
    ),
    ellipse([0.48, 0.54], [0.22, 0.16], colour),
    ellipse([0.68, 0.36], [0.11, 0.11], colour),
    polygon(
      [
        [0.77, 0.33],
        [0.92, 0.38],
        [0.77, 0.41],
      ],
      [230, 160, 40],
    ),
    ellipse([0.71, 0.33], [0.025, 0.025], BLACK),
    box([0.46, 0.69], [0.48, 0.88], [200, 140, 50]),
    box([0.54, 0.69], [0.56, 0.88], [200, 140, 50]),
  ],
});

const cat: SceneMaker = (colour) => ({
  top: [170, 130, 110],
  bottom: [120, 90, 80],
  shapes: face(colour, [
    [
      [0.25, 0.42],
      [0.27, 0.12],
      [0.47, 0.3],
    ],
    [
      [0.75, 0.42],
      [0.73, 0.12],
      [0.53, 0.3],
    ],
  ]),
});

const deer: SceneMaker = () => ({
  top: [90, 120, 70],
  bottom: [140, 150, 80],
  shapes: [
    ellipse([0.45, 0.56], [0.25, 0.12], [150, 105, 65]),
    polygon(
      [
        [0.6, 0.55],
        [0.72, 0.3],
        [0.8, 0.34],
        [0.7, 0.6],
      ],
      [150, 105, 65],
    ),
    ellipse([0.79, 0.31], [0.1, 0.065], [150, 105, 65]),
    polygon(
      [
        [0.74, 0.27],
        [0.64, 0.06],
        [0.77, 0.27],
      ],
      [110, 80, 50],
    ),
    polygon(
      [
        [0.77, 0.27],
        [0.86, 0.05],
        [0.8, 0.27],
      ],
      [110, 80, 50],
    ),
    ...legs([0.24, 0.33, 0.54, 0.63], 0.6, [135, 95, 60]),
  ],
});

const dog: SceneMaker = (colour) => ({
  top: [150, 165, 180],
  bottom: GRASS,
  shapes: [
    ...face(colour, []),
    ellipse([0.24, 0.5], [0.08, 0.2], [90, 60, 40]),
    ellipse([0.76, 0.5], [0.08, 0.2], [90, 60, 40]),
    ellipse([0.5, 0.69], [0.05, 0.08], [220, 90, 100]),
  ],
});

const frog: SceneMaker = () => ({
  top: [130, 105, 75],
  bottom: [95, 80, 55],
  shapes: [
    ellipse([0.25, 0.72], [0.16, 0.13], [80, 125, 45]),
    ellipse([0.75, 0.72], [0.16, 0.13], [80, 125, 45]),
    ellipse([0.5, 0.6], [0.3, 0.22], [100, 150, 55]),
    ellipse([0.36, 0.38], [0.09, 0.09], [100, 150, 55]),
    ellipse([0.64, 0.38], [0.09, 0.09], [100, 150, 55]),
    ellipse([0.36, 0.37], [0.04, 0.04], BLACK),
    ellipse([0.64, 0.37], [0.04, 0.04], BLACK),
  ],
});

const horse: SceneMaker = (colour) => ({
  top: [185, 205, 225],
  bottom: GRASS,
  shapes: [
    polygon(
      [
        [0.14, 0.45],
        [0.24, 0.42],
        [0.16, 0.72],
        [0.1, 0.72],
      ],
      BLACK,
    ),
    ellipse([0.44, 0.5], [0.27, 0.14], colour),
    polygon(
      [
        [0.58, 0.48],
        [0.7, 0.2],
        [0.82, 0.26],
        [0.7, 0.58],
      ],
      colour,
    ),
    ellipse([0.81, 0.27], [0.13, 0.075], colour),
    polygon(
      [
        [0.57, 0.42],
        [0.66, 0.18],
        [0.71, 0.18],
        [0.63, 0.44],
      ],
      BLACK,
    ),
    ...legs([0.22, 0.31, 0.55, 0.64], 0.55, colour),
  ],
});

const ship: SceneMaker = (colour) => ({
  top: SKY,
  bottom: [35, 75, 130],
  shapes: [
    box([0, 0.7], [1, 1], [40, 85, 140]),
    box([0.32, 0.38], [0.66, 0.56], WHITE),
    box([0.5, 0.22], [0.58, 0.4], [200, 60, 50]),
    polygon(
      [
        [0.06, 0.55],
        [0.94, 0.55],
        [0.82, 0.76],
        [0.16, 0.76],
      ],
      colour,
    ),
  ],
});

const truck: SceneMaker = (colour) => ({
  top: [200, 215, 230],
  bottom: ROAD,
  shapes: [
    box([0.06, 0.22], [0.66, 0.7], WHITE),
    box([0.68, 0.36], [0.94, 0.7], colour),
    box([0.78, 0.4], [0.92, 0.53], [60, 80, 100]),
    box([0.06, 0.66], [0.94, 0.72], BLACK),
    ...wheels([0.2, 0.38, 0.8]),
  ],
});

/** One maker a class, in the order of CIFAR-10's labels. */
export const sceneMakers: readonly SceneMaker[] = [
  airplane,
  automobile,
  bird,
  cat,
  deer,
  dog,
  frog,
  horse,
  ship,
  truck,
];
