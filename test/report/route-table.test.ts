import { describe, expect, it } from 'vitest';
import type { RouteReport } from '../../src/report/route-report.ts';
import { formatRoute, pathEnds } from '../../src/report/route-table.ts';

const step = (module: string | null, signal: string, untilNs: number) => ({
  module,
  signal,
  untilNs,
  instance: 'gen_row[0].u_pe',
  cells: 2,
});
const criticalPath = {
  totalNs: 8,
  logicNs: 3.5,
  routingNs: 4.5,
  steps: [step('an_pe', 'diff_q', 2), step(null, '$x', 7), step('an_pe', 'psum_o', 8)],
};
const report: RouteReport = {
  design: 'net',
  part: 'array',
  module: 'an_array',
  device: 'LFE5U-25F',
  package: 'CABGA381',
  speedGrade: '6',
  tools: ['yosys 0.23 (native)', 'nextpnr-ecp5 0.4'],
  fmax: { bestMhz: 130, medianMhz: 125, worstMhz: 120, spreadPercent: 8 },
  seeds: [{ seed: 1, fmaxMhz: 125, seconds: 61.5, criticalPath }],
  utilization: { TRELLIS_COMB: { used: 6072, available: 24_288 } },
  netlist: { lut: 6000, ff: 7000, carry: 500, dsp: 0, bram: 0 },
  harness: { inputBits: 19, outputBits: 10 },
  criticalPath,
  notes: ['A note'],
};

describe('pathEnds()', () => {
  it('names where a path begins and ends', () => {
    expect(pathEnds(criticalPath)).toBe('an_pe.diff_q to an_pe.psum_o');
  });

  it('says that it does not know when a name tells nothing', () => {
    expect(pathEnds({ ...criticalPath, steps: [step(null, '$x', 1)] })).toBe('?.$x to ?.$x');
  });
});

describe('formatRoute()', () => {
  it('shows speed, seeds, utilization, path and notes', () => {
    const text = formatRoute(report);
    expect(text).toContain('routed on LFE5U-25F (CABGA381, speed grade 6)');
    expect(text).toContain('Fmax 125 MHz (median), 130 best, 120 worst, spread 8 %');
    expect(text).toMatch(/1 +125 +61.5 +an_pe.diff_q to an_pe.psum_o/);
    // 6,072 of 24,288 is a quarter.
    expect(text).toMatch(/TRELLIS_COMB +6,072 +24,288 +25/);
    expect(text).toContain('8 ns, 3.5 in cells and 4.5 in wires');
    expect(text).toContain('- A note');
    expect(text).not.toContain('logic cells an element');
  });

  it('shows logic cells an element when the report has them', () => {
    expect(formatRoute({ ...report, logicCellsPerElement: 52.5 })).toContain(
      '52.5 logic cells an element after packing',
    );
  });
});
