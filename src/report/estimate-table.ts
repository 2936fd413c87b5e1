/** @file An estimate's tables: totals and the array, modules, devices, and the notes. */
import type { EstimateReport, FamilyEstimate } from './estimate-report.ts';
import { FAMILIES, type FamilyId } from './families.ts';
import { formatNumber, formatTable, type Table } from './table.ts';

/** Render a report for the terminal or as Markdown; ends without a line break. */
export function formatEstimate(
  report: EstimateReport,
  style: 'terminal' | 'markdown' = 'terminal',
): string {
  const families = Object.entries(report.families) as [FamilyId, FamilyEstimate][];
  const heading = (text: string) => (style === 'markdown' ? `### ${text}` : text);
  const parts = [heading(`Resources of "${report.design}", ${report.tool}`)];
  parts.push(formatTable(totalsTable(families), style));
  for (const [id, family] of families) {
    parts.push(heading(`${FAMILIES[id].title} (${id}) by module, hierarchy kept`));
    parts.push(formatTable(modulesTable(family), style));
  }
  parts.push(heading('Percent of devices'));
  parts.push(formatTable(devicesTable(families), style));
  const notes = [...report.notes, ...families.flatMap(([id, family]) => otherNote(id, family))];
  parts.push(notes.map((note) => `- ${note}`).join('\n'));
  return parts.join('\n\n');
}

function totalsTable(families: readonly (readonly [FamilyId, FamilyEstimate])[]): Table {
  return {
    header: ['family', 'LUT', 'FF', 'carry', 'DSP', 'BRAM', 'LUT/element', 'FF/element'],
    rows: families.map(([id, { total, array }]) => [
      id,
      total.lut,
      total.ff,
      total.carry,
      total.dsp,
      total.bram,
      array.lutPerElement,
      array.ffPerElement,
    ]),
  };
}

function modulesTable({ modules, unflattened }: FamilyEstimate): Table {
  const rows = Object.entries(modules).map(([name, module]) => [
    name,
    module.instances,
    module.lut,
    module.ff,
    module.carry,
    module.dsp,
    module.bram,
  ]);
  const sum = ['sum', null, unflattened.lut, unflattened.ff, unflattened.carry];
  return {
    header: ['module', 'instances', 'LUT', 'FF', 'carry', 'DSP', 'BRAM'],
    rows: [...rows, [...sum, unflattened.dsp, unflattened.bram]],
  };
}

function devicesTable(families: readonly (readonly [FamilyId, FamilyEstimate])[]): Table {
  return {
    header: ['device', 'LUT %', 'FF %', 'DSP %', 'BRAM %', 'fits'],
    rows: families.flatMap(([, { devices }]) =>
      Object.entries(devices).map(([name, use]) => [
        name,
        use.lut,
        use.ff,
        use.dsp,
        use.bram,
        use.fits ? 'yes' : 'no',
      ]),
    ),
  };
}

/** What no figure contains, so that nothing is left out in silence. */
function otherNote(id: FamilyId, { other }: FamilyEstimate): readonly string[] {
  const cells = Object.entries(other).map(([type, count]) => `${formatNumber(count)} ${type}`);
  return cells.length === 0 ? [] : [`In no figure of ${id}: ${cells.join(', ')}`];
}
