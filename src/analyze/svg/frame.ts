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

/** A picture with a title that screen readers tell and a legend under the visible title. */
export function picture(
  { width, height }: Frame,
  { title, keys }: { readonly title: string; readonly keys: readonly Key[] },
  ...content: readonly Content[]
): Markup {
  const entries: Markup[] = [];
  let x = 8;
  for (const { name, colour, dashed } of keys) {
    const line = { x1: x, x2: x + 14, y1: 26, y2: 26, stroke: colour, 'stroke-width': 3 };
    entries.push(element('line', dashed ? { ...line, 'stroke-dasharray': '4 2' } : line));
    entries.push(element('text', { x: x + 18, y: 29 }, name));
    x += 30 + 5.6 * name.length;
  }
  return element(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': title },
    element('text', { x: 8, y: 14, class: 'title' }, title),
    entries,
    content,
  );
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
