import type { Table } from '../report/table.ts';
import type { CompareReport } from './compare-types.ts';

/** The comparison's table, the float network last. */
export function compareTable({ float, rows }: CompareReport): Table {
  return {
    header: [
      'bits',
      'top-1 %',
      'agree %',
      'LUT',
      'FF',
      'DSP',
      'BRAM',
      'LUT/element',
      'weights, Kbit',
      'cycles an image',
    ],
    rows: [
      ...rows.map((row) => [
        row.actWidth === row.weightWidth
          ? String(row.actWidth)
          : `${row.actWidth}, weights ${row.weightWidth}`,
        Number(row.top1.toFixed(2)),
        Number(row.agreement.toFixed(2)),
        row.total.lut,
        row.total.ff,
        row.total.dsp,
        row.total.bram,
        row.lutPerElement,
        Math.round(row.weightBits / 1024),
        row.cyclesPerImage,
      ]),
      ['float', Number(float.top1.toFixed(2)), null, null, null, null, null, null, null, null],
    ],
  };
}
