import { type Frame, lowerAxis, picture } from '../report/svg/frame.ts';
import { element, type Markup, short } from '../report/svg/markup.ts';
import { linearScale } from '../report/svg/scale.ts';
import type { Distribution } from './types.ts';

const FRAME: Frame = { width: 300, height: 190, left: 10, right: 290, top: 38, bottom: 168 };
const POINTS = 120;

interface HistogramChart {
  readonly title: string;
  readonly colour: string;
  readonly distribution: Distribution;
}

/** A histogram as a density with the two fitted laws over it; the tallest of the three fills the height. */
export function histogramChart({ title, colour, distribution }: HistogramChart): Markup {
  const { histogram, fits, count } = distribution;
  const { low, high, counts } = histogram;
  const { left, right, top, bottom } = FRAME;
  const cell = (high - low) / counts.length || 1;
  const x = linearScale({ values: [low, low + cell * counts.length], coordinates: [left, right] });
  const densities = counts.map((n) => n / (count * cell));
  const curves =
    fits === undefined ? [] : [laplaceDensity(fits.laplace), normalDensity(fits.normal)];
  const grid = Array.from({ length: POINTS + 1 }, (_, i) => low + (i / POINTS) * (high - low));
  const lines = curves.map((density) => grid.map(density));
  const peak = Math.max(...densities, ...lines.flat());
  const y = linearScale({ values: [0, peak], coordinates: [bottom, top] });

  const outline = densities.map((density, i) => {
    const [from, to] = [x.at(low + i * cell), x.at(low + (i + 1) * cell)].map(short);
    return `M${from} ${bottom}V${short(y.at(density))}H${to}V${bottom}`;
  });
  const polyline = (values: readonly number[], look: Readonly<Record<string, string>>): Markup =>
    element('polyline', {
      points: values.map((value, i) => `${short(x.at(grid[i]))},${short(y.at(value))}`).join(' '),
      class: 'curve',
      ...look,
    });
  return picture(
    FRAME,
    {
      title,
      keys:
        fits === undefined
          ? []
          : [
              { name: `Laplace ${fits.laplace.logLikelihood.toFixed(3)}`, colour: LAPLACE },
              {
                name: `normal ${fits.normal.logLikelihood.toFixed(3)}`,
                colour: NORMAL,
                dashed: true,
              },
            ],
    },
    element('path', { d: outline.join(''), fill: colour, 'fill-opacity': '0.45' }),
    lines.map((values, i) =>
      polyline(
        values,
        i === 0 ? { stroke: LAPLACE } : { stroke: NORMAL, 'stroke-dasharray': '5 3' },
      ),
    ),
    lowerAxis(FRAME, x),
  );
}

const LAPLACE = '#b3261e';
const NORMAL = '#2e7d32';

function laplaceDensity({ median, scale }: { readonly median: number; readonly scale: number }) {
  return (value: number) => Math.exp(-Math.abs(value - median) / scale) / (2 * scale);
}

function normalDensity({ mean, deviation }: { readonly mean: number; readonly deviation: number }) {
  return (value: number) =>
    Math.exp(-(((value - mean) / deviation) ** 2) / 2) / (deviation * Math.sqrt(2 * Math.PI));
}
