import { type Frame, type Key, leftAxis, picture } from './frame.ts';
import { element, type Markup } from './markup.ts';
import { logScale } from './scale.ts';

const LEFT = 62;
const GROUP = 44;
/** Room for slanted labels. */
const LABELS = 110;

interface BarChart {
  readonly title: string;
  readonly label: string;
  readonly series: readonly Key[];
  /** One value for each series, in their order; what is absent or not above zero has no bar. */
  readonly groups: readonly {
    readonly name: string;
    readonly values: readonly (number | undefined)[];
  }[];
}

/** Grouped bars on a logarithmic axis. */
export function barChart({ title, label, series, groups }: BarChart): Markup {
  const right = LEFT + Math.max(6, groups.length) * GROUP;
  const frame: Frame = {
    width: right + 10,
    height: 250 + LABELS,
    left: LEFT,
    right,
    top: 40,
    bottom: 250,
  };
  const drawn = groups.flatMap(({ values }) => values.filter(isDrawn));
  if (drawn.length === 0) return picture(frame, { title, keys: series });
  const y = logScale({
    // Half of the least value, so that its bar has a height too.
    values: [Math.min(...drawn) / 2, Math.max(...drawn)],
    coordinates: [frame.bottom, frame.top],
  });
  const width = (GROUP - 10) / series.length;
  const bars = groups.flatMap(({ name, values }, group) =>
    values.map((value, i) => {
      if (!isDrawn(value)) return [];
      const top = y.at(value);
      return element(
        'rect',
        {
          x: LEFT + group * GROUP + 5 + i * width,
          y: top,
          width: width - 1,
          height: frame.bottom - top,
          fill: series[i].colour,
        },
        element('title', {}, `${name}, ${series[i].name}: ${value.toPrecision(4)}`),
      );
    }),
  );
  const names = groups.map(({ name }, group) => {
    const [x, below] = [LEFT + (group + 0.5) * GROUP, frame.bottom + 12];
    const turn = `rotate(-40 ${x} ${below})`;
    return element('text', { x, y: below, 'text-anchor': 'end', transform: turn }, name);
  });
  return picture(frame, { title, keys: series }, leftAxis(frame, y, label), bars, names);
}

const isDrawn = (value: number | undefined): value is number =>
  value !== undefined && value > 0 && Number.isFinite(value);
