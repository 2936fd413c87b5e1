import type { HardwarePlan } from '../plan/types.ts';
import type { View } from './render.ts';

/** The weight memory and its loader as the templates see them. */
export function weightView({ weightMemory, fields, model }: HardwarePlan): View {
  const { kind, images, packed } = weightMemory;
  const pairs = packed?.pairs ?? [];
  const [code] = packed?.codes ?? [];
  const places = pairs.flatMap(({ columns }) => columns);
  return {
    weightLoader: kind === 'packed' ? 'an_packed_loader' : 'an_weight_loader',
    weightFile: images[0].file,
    weightWords: images[0].words.length,
    weightWordWidth: images[0].width,
    weightCodeWidth: packed?.codeWidth ?? model.weightWidth,
    firstCode: code?.first ?? 0,
    secondCode: code?.second ?? 0,
    isPair: code?.isPair ? '1' : '0',
    weightPairs: pairs.map(({ columns, secondStart, image }, index) => ({
      index,
      columns: columns.length,
      place: 2 * index,
      words: image.words.length,
      secondStart,
      file: image.file,
    })),
    weightColumns: places.map((column, place) => ({ column, place })),
    weightFields: fields
      .filter(({ name }) => name.startsWith('weight_') || name.startsWith('next_'))
      .map(({ name }) => ({ port: `op_${name}_i`.padEnd(17), signal: `op_${name}` })),
  };
}
