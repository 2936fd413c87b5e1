import { FAMILIES } from '../../src/report/families.ts';
import { countModules, sumModules } from '../../src/report/resources.ts';
import type { ModuleCells } from '../../src/report/stat.ts';
import type { ShortenedDesign } from './shorten.ts';
import { type SynthesisRequest, synthesize } from './synthesize.ts';

/**
 * Synthesize with short memory images where that gives the true count, else with the memories as they are.
 *
 * It does as long as the shortened memories became block RAM. Where the netlist's block RAM could not even
 * hold their bits, some became logic, whose size depends on the contents.
 */
export async function synthesizeTruly({
  shortened,
  ...request
}: SynthesisRequest & { readonly shortened: ShortenedDesign }): Promise<ModuleCells> {
  const { family, netlist, design } = request;
  const cells = await synthesize({ ...request, design: shortened.design });
  if (netlist === 'array' || shortened.bits === 0) return cells;
  const { bram } = sumModules(countModules(family, cells, design.top));
  if (bram * FAMILIES[family].bramBits >= shortened.bits) return cells;
  return synthesize(request);
}
