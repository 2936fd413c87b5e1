/** @file A routing report for the terminal: speed, what it takes, the slowest path, and the notes. */
import type { CriticalPath, RouteReport } from './route-report.ts';
import { formatTable, type Table } from './table.ts';

/** Render a report; ends without a line break. */
export function formatRoute(report: RouteReport): string {
  const { design, part, module, device, tools, fmax, criticalPath } = report;
  const grade = report.speedGrade === undefined ? '' : `, speed grade ${report.speedGrade}`;
  const where = `${device} (${report.package}${grade})`;
  const { totalNs, logicNs, routingNs } = criticalPath;
  return [
    `"${design}", ${part} (${module}), routed on ${where}\n${tools.join(', ')}`,
    `Fmax ${fmax.medianMhz} MHz (median), ${fmax.bestMhz} best, ${fmax.worstMhz} worst, spread ${fmax.spreadPercent} %`,
    formatTable(seedsTable(report)),
    formatTable(utilizationTable(report)),
    `Slowest path of the median run: ${totalNs} ns, ${logicNs} in cells and ${routingNs} in wires`,
    formatTable(pathTable(criticalPath)),
    notesOf(report)
      .map((note) => `- ${note}`)
      .join('\n'),
  ].join('\n\n');
}

/** `an_pe.diff_q to an_pe.psum_o`: the ends of a path, by module. */
export function pathEnds({ steps }: CriticalPath): string {
  const show = (step = steps[0]) => `${step?.module ?? '?'}.${step?.signal ?? '?'}`;
  return `${show()} to ${show(steps.at(-1))}`;
}

function seedsTable({ seeds }: RouteReport): Table {
  return {
    header: ['seed', 'Fmax MHz', 'seconds', 'slowest path'],
    rows: seeds.map(({ seed, fmaxMhz, seconds, criticalPath }) => [
      seed,
      fmaxMhz,
      seconds,
      pathEnds(criticalPath),
    ]),
  };
}

function utilizationTable({ utilization }: RouteReport): Table {
  return {
    header: ['place', 'used', 'of', '%'],
    rows: Object.entries(utilization).map(([name, { used, available }]) => [
      name,
      used,
      available,
      Math.round((used / available) * 1000) / 10,
    ]),
  };
}

function pathTable({ steps }: CriticalPath): Table {
  return {
    header: ['until ns', 'module', 'signal', 'cells', 'instance'],
    rows: steps.map(({ untilNs, module, signal, cells, instance }) => [
      untilNs,
      module,
      signal,
      cells,
      instance,
    ]),
  };
}

function notesOf({ notes, netlist, logicCellsPerElement }: RouteReport): readonly string[] {
  const { lut, ff, carry, dsp, bram } = netlist;
  const cells = `Netlist, harness included: ${lut} LUT, ${ff} FF, ${carry} carry, ${dsp} DSP, ${bram} block RAM`;
  const element =
    logicCellsPerElement === undefined
      ? []
      : [`${logicCellsPerElement} logic cells an element after packing, harness left out`];
  return [...element, cells, ...notes];
}
