import { describe, expect, it } from 'vitest';
import { formatTable } from '../../src/report/table.ts';

const table = {
  header: ['module', 'LUT', 'BRAM'],
  rows: [
    ['an_array', 4096, 0],
    ['an_rom', 0, 64.5],
    ['sum', 4096, null],
  ],
} as const;

describe('formatTable()', () => {
  it('aligns numbers to the right when printed for the terminal', () => {
    expect(formatTable(table)).toBe(
      [
        'module      LUT  BRAM',
        '--------  -----  ----',
        'an_array  4,096     0',
        'an_rom        0  64.5',
        'sum       4,096     –',
      ].join('\n'),
    );
  });

  it('draws bars and marks numeric columns when printed as Markdown', () => {
    expect(formatTable(table, 'markdown')).toBe(
      [
        '| module   |   LUT | BRAM |',
        '| -------- | ----: | ---: |',
        '| an_array | 4,096 |    0 |',
        '| an_rom   |     0 | 64.5 |',
        '| sum      | 4,096 |    – |',
      ].join('\n'),
    );
  });

  it('keeps its columns when a text holds a bar or a line break', () => {
    const text = formatTable({ header: ['name'], rows: [['a|b\nc']] }, 'markdown');
    expect(text.split('\n')[2]).toBe('| a/b/c |');
  });

  it('shows a header alone when there are no rows', () => {
    expect(formatTable({ header: ['a', 'family'], rows: [] })).toBe('a    family\n---  ------');
  });

  it('throws an internal error when a row is too short', () => {
    expect(() => formatTable({ header: ['a', 'b'], rows: [['x']] })).toThrow(
      'internal: a row has 1 cells, the header 2',
    );
  });
});
