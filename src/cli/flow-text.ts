import type { FlowReport } from '../flow/flow-types.ts';
import { formatTable } from '../report/table.ts';

const count = (value: number): string => value.toLocaleString('en-US');
const percent = (value: number): string => `${value.toFixed(2)} %`;

/** What a flow found, as one table: the whole result on one screen. */
export function formatFlow(report: FlowReport): string {
  const { float, integer, agreement, generate, cosim, estimate, design } = report;
  const { rows, cols, modules, lines } = generate;
  const resources = Object.entries(estimate.families).map(([family, { total, array }]) => [
    `resources, ${family}`,
    `${count(total.lut)} LUT, ${count(total.ff)} FF, ${count(total.dsp)} DSP, ${total.bram} BRAM; array ${array.lutPerElement} LUT and ${array.ffPerElement} FF an element`,
  ]);
  return formatTable({
    header: ['what', 'found'],
    rows: [
      ['float network', `${percent(float.top1)} top-1 on ${count(float.images)} images`],
      ['integer network', `${percent(integer.top1)} top-1 on ${count(integer.images)} images`],
      ['they agree on', percent(agreement)],
      ['co-simulation', cosimResult(report)],
      [
        'cycles an image',
        `${count(cosim.cyclesPerImage)}, ${count(cosim.plannedCyclesPerImage)} planned`,
      ],
      ...resources,
      [
        'RTL',
        `${design}: ${rows} x ${cols} array, ${modules} modules, ${count(lines)} lines of SystemVerilog`,
      ],
    ],
  });
}

function cosimResult({ cosim }: FlowReport): string {
  const { images, valuesCompared, mismatches, stallProbability } = cosim;
  const stalls = stallProbability > 0 ? `, stalls ${stallProbability}` : '';
  return `${count(mismatches)} differences in ${count(valuesCompared)} values of ${count(images)} images${stalls}`;
}
