import { FAMILIES } from '../report/families.ts';
import { htmlPage } from '../report/html-page.ts';
import { htmlTable } from '../report/html-table.ts';
import { element } from '../report/svg/markup.ts';
import { tradeChart } from '../report/svg/trade-chart.ts';
import { compareTable } from './compare-table.ts';
import type { ComparedWidths, CompareReport } from './compare-types.ts';

/** What is drawn against accuracy. */
const COSTS: readonly {
  readonly label: string;
  readonly of: (row: ComparedWidths) => number;
}[] = [
  { label: 'LUT', of: ({ total }) => total.lut },
  { label: 'block RAM', of: ({ total }) => total.bram },
  { label: 'cycles an image', of: ({ cyclesPerImage }) => cyclesPerImage },
];

/** The comparison as one HTML page: accuracy against each cost, and the table. */
export function comparePage(report: CompareReport): string {
  const { network, family, tool, float, rows } = report;
  const { header, rows: cells } = compareTable(report);
  const charts = COSTS.map(({ label, of }) =>
    tradeChart({
      title: `Accuracy against ${label}`,
      xLabel: label,
      yLabel: 'top-1 %',
      series: [
        {
          name: 'integer networks, by bits',
          colour: '#1f5fbf',
          joined: true,
          points: rows
            .map((row) => ({ name: row.name, x: of(row), y: row.top1 }))
            .sort((a, b) => a.x - b.x),
        },
      ],
    }),
  );
  return htmlPage(
    `Widths of ${network}`,
    element(
      'p',
      {},
      `Float network: ${float.top1.toFixed(2)} % top-1 on ${float.images} test images. Resources: ${FAMILIES[family].title}, whole accelerator, ${tool}, before placement.`,
    ),
    element('div', { class: 'charts' }, charts),
    htmlTable(
      header,
      cells.map((row) => row.map((cell) => cell ?? undefined)),
    ),
  );
}
