import { expect, it } from 'vitest';
import type { EstimateReport } from '../../src/report/estimate-report.ts';
import { formatEstimate } from '../../src/report/estimate-table.ts';
import { familyUse } from '../../src/report/fit.ts';

const total = { lut: 2080, ff: 4160, carry: 96, dsp: 9, bram: 5.5 };
const report: EstimateReport = {
  tool: 'yosys 0.23 (native)',
  design: 'small',
  families: {
    xc7: {
      tool: 'yosys 0.23 (native)',
      total,
      modules: { an_pe: { ...total, instances: 16 } },
      unflattened: total,
      array: { elements: 16, lutPerElement: 16.25, ffPerElement: 43.5, total },
      devices: familyUse('xc7', total),
      other: { URAM288: 2 },
    },
  },
  notes: ['A note'],
};

it('formatEstimate() shows totals, modules, devices, notes and cells that no figure contains', () => {
  const text = formatEstimate(report);
  expect(text.split('\n')[0]).toBe('Resources of "small", yosys 0.23 (native)');
  expect(text).toMatch(/^xc7 +2,080 +4,160 +96 +9 +5\.5 +16\.25 +43\.5$/m);
  expect(text).toMatch(/^an_pe +16 +2,080 +4,160 +96 +9 +5\.5$/m);
  // 2,080 of 20,800 LUTs, 4,160 of 41,600 flip-flops, 9 of 90 DSPs, 5.5 of 50 blocks.
  expect(text).toMatch(/^xc7a35t +10 +10 +10 +11 +yes$/m);
  expect(text).toContain('- A note\n- In no figure of xc7: 2 URAM288');
});

it('formatEstimate() writes headings and bars when asked for Markdown', () => {
  const text = formatEstimate(report, 'markdown');
  expect(text).toMatch(/^### Percent of devices$/m);
  expect(text).toMatch(/^\| xc7a35t +\| +10 \|/m);
});
