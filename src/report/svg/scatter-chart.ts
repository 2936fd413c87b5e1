import { type Frame, type Key, leftAxis, lowerAxis, picture } from './frame.ts';
import { element, type Markup } from './markup.ts';
import { logScale } from './scale.ts';

const FRAME: Frame = { width: 460, height: 420, left: 70, right: 445, top: 45, bottom: 375 };

interface Point {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

interface ScatterChart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly (Key & { readonly points: readonly Point[]; readonly hollow?: true })[];
}

/** Points on two logarithmic axes of the same range, with the diagonal on which both values are equal. */
export function scatterChart({ title, xLabel, yLabel, series }: ScatterChart): Markup {
  const isDrawn = ({ x, y }: Point) => x > 0 && y > 0 && Number.isFinite(x) && Number.isFinite(y);
  const drawn = series.flatMap(({ points }) => points.filter(isDrawn));
  if (drawn.length === 0) return picture(FRAME, { title, keys: series });
  const ends = drawn.flatMap(({ x, y }) => [x, y]);
  const values = [Math.min(...ends), Math.max(...ends)] as const;
  const x = logScale({ values, coordinates: [FRAME.left, FRAME.right] });
  const y = logScale({ values, coordinates: [FRAME.bottom, FRAME.top] });
  const marks = series.map(({ points, colour, name, hollow }) =>
    points.filter(isDrawn).map((point) =>
      element(
        'circle',
        {
          cx: x.at(point.x),
          cy: y.at(point.y),
          r: 4,
          fill: hollow ? 'none' : colour,
          stroke: colour,
        },
        element(
          'title',
          {},
          `${point.name}, ${name}: ${point.x.toPrecision(4)}, ${point.y.toPrecision(4)}`,
        ),
      ),
    ),
  );
  const diagonal = element('line', {
    x1: FRAME.left,
    y1: FRAME.bottom,
    x2: FRAME.right,
    y2: FRAME.top,
    class: 'diagonal',
  });
  return picture(
    FRAME,
    { title, keys: series },
    leftAxis(FRAME, y, yLabel),
    lowerAxis(FRAME, x, xLabel),
    diagonal,
    marks,
  );
}
