import { FAMILIES, type FamilyId } from '../../src/report/families.ts';
import { countCells } from '../../src/report/resources.ts';
import { countInstances, type ModuleCells } from '../../src/report/stat.ts';
import type { ShortenedDesign } from './shorten.ts';
import { type SynthesisRequest, synthesize } from './synthesize.ts';

/**
 * Synthesize with short memory images where that gives the true count, else with the memories as they are.
 *
 * It does as long as the shortened memories became block RAM, which the netlist that kept its hierarchy
 * shows. Where some became logic, its size depends on the contents.
 */
export async function synthesizeTruly({
  shortened,
  ...request
}: SynthesisRequest & { readonly shortened: ShortenedDesign }): Promise<ModuleCells> {
  const { netlist, family, design } = request;
  const short = { ...request, design: shortened.design };
  if (netlist === 'array' || shortened.bits.length === 0) return synthesize(short);
  // Both at once: the second is nearly always wanted, and the first is under way or done already.
  const [modules, cells] = await Promise.all([
    synthesize({ ...short, netlist: 'modules' }),
    synthesize(short),
  ]);
  const isTrue = holdsMemories({ family, modules, top: design.top, bits: shortened.bits });
  return isTrue ? cells : synthesize(request);
}

/** Whether every memory finds one module instance, not used up by another, whose block RAM can hold it. */
export function holdsMemories(netlist: {
  readonly family: FamilyId;
  readonly modules: ModuleCells;
  readonly top: string;
  readonly bits: readonly number[];
}): boolean {
  const { family, modules, top, bits } = netlist;
  const room = [...countInstances(modules, top)].flatMap(([name, times]) => {
    const { bram } = countCells(family, modules.get(name)!).total;
    return bram === 0 ? [] : Array.from({ length: times }, () => bram * FAMILIES[family].bramBits);
  });
  return bits
    .toSorted((a, b) => b - a)
    .every((needed) => {
      room.sort((a, b) => b - a);
      if (room[0] === undefined || room[0] < needed) return false;
      room[0] -= needed;
      return true;
    });
}
