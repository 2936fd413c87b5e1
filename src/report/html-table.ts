import { element, type Markup } from './svg/markup.ts';

/** Cells of a table; numbers are written with four digits, what is absent as a dash. */
export type Cell = string | number | undefined;

/** A table as HTML. */
export function htmlTable(header: readonly string[], rows: readonly (readonly Cell[])[]): Markup {
  return element(
    'div',
    { class: 'scroll' },
    element(
      'table',
      {},
      element(
        'tr',
        {},
        header.map((text) => element('th', {}, text)),
      ),
      rows.map((row) =>
        element(
          'tr',
          {},
          row.map((cell) => element('td', {}, cellText(cell))),
        ),
      ),
    ),
  );
}

function cellText(cell: Cell): string {
  if (cell === undefined) return '–';
  return typeof cell === 'number' ? fourDigits(cell) : cell;
}

/** A number in few characters: `0.0123`, `1234`, `1.235e6`. */
export function fourDigits(value: number): string {
  const size = Math.abs(value);
  if (value !== 0 && (size >= 1e6 || size < 1e-4)) return value.toExponential(3).replace('+', '');
  return size >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(4)));
}
