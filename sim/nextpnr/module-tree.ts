/**
 * @file The routed module's ports, and which module every instance below it is of, from a yosys `dump`.
 *
 * A flattened netlist keeps the instances' paths in its names, not their modules.
 */
import { sourceModule } from '../../src/report/stat.ts';

export interface ModulePort {
  readonly name: string;
  readonly direction: 'input' | 'output' | 'inout';
  readonly width: number;
}

export interface ModuleTree {
  /** Ports of the routed module, in the order of its header. */
  readonly ports: readonly ModulePort[];
  /** Source module by path below the routed module; its own path is empty. */
  readonly modules: ReadonlyMap<string, string>;
}

interface DumpedModule {
  readonly ports: (ModulePort & { readonly place: number })[];
  /** Yosys' module name by instance name. */
  readonly instances: Map<string, string>;
}

/** Read a dump of ports and module instances; `top` is the routed module's name in the source. */
export function readModuleTree(dump: string, top: string): ModuleTree {
  const dumped = readDump(dump);
  const name = [...dumped.keys()].find((each) => sourceModule(each) === top);
  const topModule = name === undefined ? undefined : dumped.get(name);
  if (topModule === undefined) throw new Error(`internal: yosys dumped no module "${top}"`);
  const modules = new Map([['', top]]);
  const visit = (module: DumpedModule, path: string): void => {
    for (const [instance, type] of module.instances) {
      const below = path === '' ? instance : `${path}.${instance}`;
      modules.set(below, sourceModule(type));
      const inner = dumped.get(type);
      if (inner !== undefined) visit(inner, below);
    }
  };
  visit(topModule, '');
  const ports = topModule.ports
    .toSorted((a, b) => a.place - b.place)
    .map(({ name, direction, width }) => ({ name, direction, width }));
  return { ports, modules };
}

function readDump(dump: string): ReadonlyMap<string, DumpedModule> {
  const modules = new Map<string, DumpedModule>();
  let current: DumpedModule | undefined;
  for (const line of dump.split('\n')) {
    const [word, ...rest] = line.trim().split(' ');
    if (word === 'module') {
      current = { ports: [], instances: new Map() };
      modules.set(publicName(rest[0]!), current);
    } else if (word === 'cell') {
      current?.instances.set(publicName(rest[1]!), publicName(rest[0]!));
    } else if (word === 'wire') {
      const port = readPort(rest);
      if (port !== undefined) current?.ports.push(port);
    }
  }
  return modules;
}

/** `width 88 output 6 \psums_o`; a wire without a direction is no port. */
function readPort(words: readonly string[]): DumpedModule['ports'][number] | undefined {
  const at = words.findIndex((word) => /^(input|output|inout)$/.test(word));
  if (at < 0) return undefined;
  const width = words.indexOf('width');
  return {
    name: publicName(words.at(-1)!),
    direction: words[at] as ModulePort['direction'],
    width: width < 0 ? 1 : Number(words[width + 1]),
    place: Number(words[at + 1]),
  };
}

function publicName(name: string): string {
  return name.startsWith('\\') ? name.slice(1) : name;
}
