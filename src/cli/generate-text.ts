import type { DesignFacts } from '../flow/generate-design.ts';
import { formatTable } from '../report/table.ts';

/** The schedule and the memories as tables. */
export function formatDesign(folder: string, design: DesignFacts): string {
  const { rows, cols, modules, lines, plannedCyclesPerImage, layers, memories } = design;
  const schedule = formatTable({
    header: ['layer', 'kind', 'output', 'cycles', 'slots busy %'],
    rows: layers.map(({ name, kind, shape, plannedCycles, slotsBusy }) => [
      name,
      kind,
      shape.join(' x '),
      plannedCycles,
      Math.round(slotsBusy * 1000) / 10,
    ]),
  });
  const memory = formatTable({
    header: ['memory', 'words', 'bits', 'Kbit'],
    rows: memories.map(({ file, words, width }) => [
      file,
      words,
      width,
      Math.round((words * width) / 102.4) / 10,
    ]),
  });
  const weights = formatWeights(design.weightMemory);
  const cycles = plannedCyclesPerImage.toLocaleString('en-US');
  const size = `${modules} modules, ${lines.toLocaleString('en-US')} lines of SystemVerilog`;
  return `${schedule}\n\n${memory}\n\n${weights}\n\n${folder}: ${rows} x ${cols} array, ${cycles} cycles an image, ${size}`;
}

/** What was chosen for the weights, against what, and by which rule. */
function formatWeights({ kind, costs, rule }: DesignFacts['weightMemory']): string {
  const { plain, packed, decoderLut } = costs;
  const percent = Math.round((packed.bits / plain.bits) * 1000) / 10;
  const kinds = `Packed they take ${percent} % of ${plain.bits.toLocaleString('en-US')} bits, about ${packed.blocks} instead of ${plain.blocks} block RAMs of 36 Kbit and ${decoderLut} LUT of decoders`;
  const because = `auto packs where that saves ${rule.leastSaved} blocks or more for at most ${rule.lutABlock} LUT each`;
  return `Weights are ${kind}. ${kinds}; ${because}`;
}
