/**
 * @file What Yosys' `stat -json` says, as cells by module.
 *
 * Yosys 0.23 and 0.55 print JSON that is not: the tree of the hierarchy stands unquoted in it when a top
 * module is marked, and a comma too many when none is. Later versions list submodules apart from cells.
 * All of these are read here.
 */

/** Number of cells of each type; a type that is itself a module of the design is an instance of it. */
export type CellCounts = Readonly<Record<string, number>>;

/** Cells of each module, by Yosys' name of it (without the leading backslash of a public name). */
export type ModuleCells = ReadonlyMap<string, CellCounts>;

/**
 * Read the output of `stat -json`.
 *
 * Throws an internal error where it is none: the text comes from a tool that ended without an error.
 */
export function parseStat(text: string): ModuleCells {
  // Lines of the hierarchy tree hold neither a quote nor a brace; all lines of the JSON hold one.
  const lines = text.split('\n').filter((line) => /["{}]/.test(line));
  const json = lines.join('\n').replaceAll(/,(\s*\})/g, '$1');
  const modules = field(readJson(json), 'modules');
  if (!isRecord(modules)) throw new Error('internal: the statistics of yosys list no modules');
  return new Map(
    Object.entries(modules).map(([name, module]) => [publicName(name), moduleCells(module)]),
  );
}

/** The name a module has in its source: `$paramod$4cf5...\an_ram` and `$paramod\an_ram\Words=...` are `an_ram`. */
export function sourceModule(name: string): string {
  return /^\$paramod(?:\$[0-9a-f]+)?\\([^\\]+)/.exec(name)?.[1] ?? name;
}

/** How often each module stands in the design under `top`; `top` itself once. */
export function countInstances(modules: ModuleCells, top: string): ReadonlyMap<string, number> {
  if (!modules.has(top)) throw new Error(`internal: yosys lists no module "${top}"`);
  const counts = new Map<string, number>();
  const visit = (name: string, times: number): void => {
    counts.set(name, (counts.get(name) ?? 0) + times);
    for (const [type, count] of Object.entries(modules.get(name)!)) {
      if (modules.has(type)) visit(type, times * count);
    }
  };
  visit(top, 1);
  return counts;
}

function moduleCells(module: unknown): CellCounts {
  const cells: Record<string, number> = {};
  for (const key of ['num_cells_by_type', 'num_submodules_by_type']) {
    for (const [type, count] of Object.entries(field(module, key) ?? {})) {
      if (typeof count !== 'number')
        throw new Error(`internal: yosys gives no number of "${type}"`);
      cells[publicName(type)] = count;
    }
  }
  return cells;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error('internal: the statistics of yosys are not JSON', { cause: error });
  }
}

function publicName(name: string): string {
  return name.startsWith('\\') ? name.slice(1) : name;
}

function field(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
