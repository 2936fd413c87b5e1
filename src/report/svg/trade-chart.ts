import { type Frame, type Key, leftAxis, lowerAxis, picture } from './frame.ts';
import { element, type Markup, short } from './markup.ts';
import { linearScale } from './scale.ts';

const FRAME: Frame = { width: 480, height: 330, left: 70, right: 455, top: 45, bottom: 285 };
/** Room between the outermost points and the frame, as a share of their range. */
const MARGIN = 0.08;

interface TradePoint {
  /** Written beside the point. */
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

export interface TradeChart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Points of a joined series are connected in their order. */
  readonly series: readonly (Key & {
    readonly points: readonly TradePoint[];
    readonly joined?: true;
  })[];
}

/** What one quantity costs in another: named points on two linear axes. */
export function tradeChart({ title, xLabel, yLabel, series }: TradeChart): Markup {
  const all = series.flatMap(({ points }) => points);
  if (all.length === 0) return picture(FRAME, { title, keys: series });
  const x = linearScale({
    values: padded(all.map((point) => point.x)),
    coordinates: [FRAME.left, FRAME.right],
  });
  const y = linearScale({
    values: padded(all.map((point) => point.y)),
    coordinates: [FRAME.bottom, FRAME.top],
  });
  const place = (point: TradePoint) => `${short(x.at(point.x))},${short(y.at(point.y))}`;
  const drawn = series.map(({ points, colour, joined }) => [
    joined
      ? element('polyline', { points: points.map(place).join(' '), class: 'curve', stroke: colour })
      : [],
    points.map((point) => [
      element(
        'circle',
        { cx: x.at(point.x), cy: y.at(point.y), r: 4, fill: colour },
        element('title', {}, `${point.name}: ${point.x}, ${point.y}`),
      ),
      element('text', { x: x.at(point.x) + 6, y: y.at(point.y) - 6 }, point.name),
    ]),
  ]);
  return picture(
    FRAME,
    { title, keys: series },
    leftAxis(FRAME, y, yLabel),
    lowerAxis(FRAME, x, xLabel),
    drawn,
  );
}

function padded(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low || Math.abs(high) || 1) * MARGIN;
  return [low - margin, high + margin];
}
