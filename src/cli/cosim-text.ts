import type { CosimReport } from '../../sim/cosim-report.ts';
import { formatTable } from '../report/table.ts';

/** A co-simulation as a table of its layers and one closing line. */
export function formatCosim(report: CosimReport): string {
  const { images, mismatches, valuesCompared, stallProbability, seed, trace } = report;
  const layers = formatTable({
    header: ['layer', 'cycles', 'planned', 'slots busy %', 'values', 'differences'],
    rows: report.layers.map((layer) => [
      layer.name,
      layer.cycles,
      layer.plannedCycles,
      Math.round(layer.slotsBusy * 1000) / 10,
      layer.values,
      layer.mismatches,
    ]),
  });
  const count = (n: number): string => n.toLocaleString('en-US');
  const stalls = stallProbability > 0 ? `, stalls ${stallProbability} with seed ${seed}` : '';
  const lines = [
    layers,
    '',
    `${images} images, ${count(valuesCompared)} values compared, ${count(mismatches)} differences${stalls}`,
    `${count(report.cyclesPerImage)} cycles an image, ${count(report.plannedCyclesPerImage)} planned; ${count(report.cyclesPerSecond)} cycles/s a process`,
  ];
  if (trace !== null) lines.push(`Waveform: ${trace}`);
  return lines.join('\n');
}
