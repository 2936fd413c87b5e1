import { describe, expect, it } from 'vitest';
import { widthsName } from '../../src/flow/compare.ts';
import { comparePage } from '../../src/flow/compare-page.ts';
import { compareTable } from '../../src/flow/compare-table.ts';
import type { CompareReport } from '../../src/flow/compare-types.ts';

const row = (actWidth: number, weightWidth: number, lut: number) => ({
  actWidth,
  weightWidth,
  name: widthsName({ actWidth, weightWidth }),
  top1: 90 + actWidth / 3,
  agreement: 99,
  cyclesPerImage: 1000 * actWidth,
  total: { lut, ff: 2 * lut, carry: 0, dsp: 8, bram: 4.5 },
  lutPerElement: 2 * actWidth,
  weightBits: 4096 * weightWidth,
});

const report: CompareReport = {
  folder: 'widths',
  page: 'widths/compare.html',
  network: '<b>net</b>',
  family: 'xc7',
  tool: 'yosys 0.23 (native)',
  float: { images: 1000, top1: 93.456 },
  rows: [row(8, 8, 900), row(4, 5, 300), row(3, 3, 500)],
};

describe('compareTable()', () => {
  it('has a row for each choice of widths and the float network below', () => {
    const { header, rows } = compareTable(report);
    expect(rows.map((cells) => cells[0])).toEqual(['8', '4, weights 5', '3', 'float']);
    // 90 + 8 / 3 = 92.666... and 4,096 * 5 bits = 20 Kbit.
    expect(rows[0][header.indexOf('top-1 %')]).toBe(92.67);
    expect(rows[1][header.indexOf('weights, Kbit')]).toBe(20);
    expect(rows[3].slice(0, 3)).toEqual(['float', 93.46, null]);
  });
});

describe('comparePage()', () => {
  const page = comparePage(report);

  it('escapes the name of the network', () => {
    expect(page).toContain('&lt;b&gt;net&lt;/b&gt;');
    expect(page).not.toContain('<b>net');
  });

  it('draws a point for each choice and cost, joined in the order of the cost', () => {
    expect(page.match(/<circle/g)).toHaveLength(9);
    const [line] = page.match(/<polyline points="[^"]+"/g)!;
    const xs = [...line.matchAll(/([\d.]+),/g)].map(([, x]) => Number(x));
    // LUT: 300, 500, 900. The points lie in these proportions.
    expect(xs).toEqual([...xs].sort((a, b) => a - b));
    expect((xs[1] - xs[0]) / (xs[2] - xs[0])).toBeCloseTo(200 / 600, 3);
  });
});
