import { type Content, element, type Markup } from './markup.ts';
import { type Scale, tickText } from './scale.ts';

/** Where the drawing lies inside the picture, in pixels. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A colour and what it stands for. */
export interface Key {
  readonly name: string;
  readonly colour: string;
  readonly dashed?: true;
}

const FIRST_KEY = 26;
const KEY_ROW = 14;
/** Characters of a name that a legend shows. */
const KEY_TEXT = 40;

/** A picture with a title that screen readers tell and a legend below it; further rows of the legend make it higher. */
export function picture(
  { width, height }: Frame,
  { title, keys }: { readonly title: string; readonly keys: readonly Key[] },
  ...content: readonly Content[]
): Markup {
  const { entries, rows } = legend(keys, width);
  const extra = Math.max(0, rows - 1) * KEY_ROW;
  const total = height + extra;
  return element(
    'svg',
    { viewBox: `0 0 ${width} ${total}`, width, height: total, role: 'img', 'aria-label': title },
    element('text', { x: 8, y: 14, class: 'title' }, title),
    entries,
    element('g', { transform: `translate(0 ${extra})` }, content),
  );
}

function legend(keys: readonly Key[], width: number) {
  let [x, rows] = [8, Math.min(1, keys.length)];
  const entries = keys.map(({ name, colour, dashed }) => {
    const text = name.length > KEY_TEXT ? `${name.slice(0, KEY_TEXT - 3)}...` : name;
    const needed = 30 + 5.6 * text.length;
    if (x > 8 && x + needed > width) {
      x = 8;
      rows++;
    }
    const y = FIRST_KEY + (rows - 1) * KEY_ROW;
    const line = { x1: x, x2: x + 14, y1: y, y2: y, stroke: colour, 'stroke-width': 3 };
    const entry = [
      element('line', dashed ? { ...line, 'stroke-dasharray': '4 2' } : line),
      element('text', { x: x + 18, y: y + 3 }, text),
    ];
    x += needed;
    return entry;
  });
  return { entries, rows };
}

/** The lower axis with its ticks. */
export function lowerAxis(frame: Frame, scale: Scale, label = ''): Markup {
  const { left, right, bottom } = frame;
  return element(
    'g',
    { class: 'axis' },
    element('line', { x1: left, x2: right, y1: bottom, y2: bottom }),
    scale.ticks.map((value) => [
      element('line', { x1: scale.at(value), x2: scale.at(value), y1: bottom, y2: bottom + 4 }),
      element(
        'text',
        { x: scale.at(value), y: bottom + 15, 'text-anchor': 'middle' },
        tickText(value),
      ),
    ]),
    element('text', { x: (left + right) / 2, y: bottom + 30, 'text-anchor': 'middle' }, label),
  );
}

/** The left axis with its ticks and a light line at each across the drawing. */
export function leftAxis(frame: Frame, scale: Scale, label = ''): Markup {
  const { left, right, top, bottom } = frame;
  const middle = (top + bottom) / 2;
  return element(
    'g',
    { class: 'axis' },
    scale.ticks.map((value) => [
      element('line', {
        x1: left,
        x2: right,
        y1: scale.at(value),
        y2: scale.at(value),
        class: 'grid',
      }),
      element(
        'text',
        { x: left - 5, y: scale.at(value) + 3, 'text-anchor': 'end' },
        tickText(value),
      ),
    ]),
    element('line', { x1: left, x2: left, y1: top, y2: bottom }),
    element(
      'text',
      { x: 12, y: middle, 'text-anchor': 'middle', transform: `rotate(-90 12 ${middle})` },
      label,
    ),
  );
}
