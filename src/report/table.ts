/**
 * @file Tables for people: one function, two dresses.
 *
 * The Markdown form is aligned too, so that it reads well unrendered.
 */

export type Cell = string | number | null;

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/**
 * Lay out a table; numbers get thousands separators and stand to the right, `null` is an en dash.
 *
 * Every row has as many cells as the header. `markdown` adds the bars; the terminal form has two spaces
 * between columns and a rule under the header. No line break at the end.
 */
export function formatTable(table: Table, style: 'terminal' | 'markdown' = 'terminal'): string {
  const uneven = table.rows.find((row) => row.length !== table.header.length);
  if (uneven !== undefined) {
    throw new Error(
      `internal: a row has ${uneven.length} cells, the header ${table.header.length}`,
    );
  }
  const texts = table.rows.map((row) => row.map(cellText));
  const lines = [table.header, ...texts];
  const widths = table.header.map((_, column) =>
    Math.max(3, ...lines.map((line) => [...line[column]!].length)),
  );
  const isNumeric = table.header.map(
    (_, column) =>
      table.rows.some((row) => typeof row[column] === 'number') &&
      table.rows.every((row) => typeof row[column] !== 'string'),
  );
  const pad = (line: readonly string[]) =>
    line.map((text, column) => padTo(text, widths[column]!, isNumeric[column]!));

  if (style === 'terminal') {
    const rule = widths.map((width) => '-'.repeat(width));
    return [pad(table.header), rule, ...texts.map(pad)]
      .map((line) => line.join('  ').trimEnd())
      .join('\n');
  }
  const escaped = (line: readonly string[]) => `| ${line.join(' | ')} |`;
  const rule = widths.map((width, column) =>
    isNumeric[column] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [pad(table.header), rule, ...texts.map(pad)].map(escaped).join('\n');
}

/** A number as tables show it: thousands separated, at most two decimals. */
export function formatNumber(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

function cellText(cell: Cell): string {
  if (cell === null) return '–';
  // A bar or a line break in a name would end the cell.
  return typeof cell === 'number' ? formatNumber(cell) : cell.replaceAll(/[|\r\n]/g, '/');
}

function padTo(text: string, width: number, right: boolean): string {
  const blank = ' '.repeat(width - [...text].length);
  return right ? blank + text : text + blank;
}
