/** @file Which yosys synthesizes which family. */
import { type Issue, throwIfAny } from '../../src/issues.ts';
import { FAMILY_IDS, type FamilyId, isFamilyId } from '../../src/report/families.ts';
import { findYosys, isAtLeast, tryYosys, type Yosys, type YosysKind } from './find-yosys.ts';

/**
 * The version from which a family's flow gives true counts, where the oldest one supported does not.
 *
 * Cyclone V: Yosys 0.23 cannot give an M10K its initial contents and makes every ROM of LUTs; 0.55 can
 * (both tried; versions between them were not).
 */
const NEEDED: Readonly<Partial<Record<FamilyId, string>>> = { cyclonev: '0.55' };

/** The families of these names, each once. Throws an issue that lists every unknown one. */
export function checkFamilies(names: readonly string[]): readonly FamilyId[] {
  const known = FAMILY_IDS.join(', ');
  const issues: Issue[] = names
    .filter((name) => !isFamilyId(name))
    .map((name) => ({
      problem: `Cannot estimate for family "${name}": it is not known`,
      remedy: `Choose from ${known}`,
    }));
  if (names.length === 0) {
    issues.push({ problem: 'Cannot estimate: no family is named', remedy: `Choose from ${known}` });
  }
  throwIfAny(issues);
  return [...new Set(names.filter(isFamilyId))];
}

/**
 * Choose a yosys for every family: the kind asked for, else the installed one, else the package.
 *
 * A family that the installed one is too old for gets the package, unless `kind` forbids it.
 */
export async function chooseTools(
  families: readonly FamilyId[],
  kind?: YosysKind,
): Promise<ReadonlyMap<FamilyId, Yosys>> {
  const first = await findYosys(kind);
  const isEnough = (yosys: Yosys, family: FamilyId) => isAtLeast(yosys, NEEDED[family] ?? '0');
  const needsOther = families.some((family) => !isEnough(first, family));
  const second =
    needsOther && kind === undefined && first.kind === 'native'
      ? await tryYosys('wasm')
      : undefined;

  const issues: Issue[] = [];
  const tools = new Map<FamilyId, Yosys>();
  for (const family of families) {
    const yosys = [first, second].find((tool) => tool !== undefined && isEnough(tool, family));
    if (yosys !== undefined) tools.set(family, yosys);
    else {
      issues.push({
        problem: `Cannot estimate for family "${family}" with yosys ${first.version}: it needs ${NEEDED[family]}, older ones make its ROMs of LUTs`,
        remedy:
          kind === 'native'
            ? 'Leave --tool out, or use --tool wasm'
            : 'Install the newer yosys of the package: npm install @yowasp/yosys in this project',
      });
    }
  }
  throwIfAny(issues);
  return tools;
}
