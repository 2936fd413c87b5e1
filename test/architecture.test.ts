/**
 * @file Who may import whom. ARCHITECTURE.md says why; this says it so that it stays true.
 *
 * What is true without hardware lies in `src`; `generator` makes hardware of it; `sim` runs tools on what lies in a
 * design directory. Generator and simulation meet in `manifest.json` only, and the golden model knows neither:
 * one mistake cannot hide on both sides of a comparison.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../src/package-root.ts';

/** Files directly in `src/` and the two type files: the words that all parts share. */
const SHARED = 'shared';

/** What each part may import, beside itself and what is shared. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  [SHARED]: [],
  'src/fixed': [],
  'src/model': ['src/fixed'],
  'src/data': ['src/model'],
  'src/demo': [],
  'src/golden': ['src/fixed', 'src/model'],
  'src/kernels': ['src/fixed', 'src/model', 'src/golden'],
  'src/quantize': ['src/fixed', 'src/model', 'src/golden', 'src/kernels'],
  'src/report': [],
  'src/train': [
    'src/data',
    'src/demo',
    'src/fixed',
    'src/model',
    'src/golden',
    'src/kernels',
    'src/quantize',
  ],
  'src/analyze': [
    'src/data',
    'src/demo',
    'src/fixed',
    'src/model',
    'src/golden',
    'src/kernels',
    'src/quantize',
    'src/report',
    'src/train',
  ],
  'generator/plan': ['generator', 'src/fixed', 'src/model', 'src/quantize'],
  'generator/emit': ['generator', 'generator/plan', 'src/fixed', 'src/model', 'src/quantize'],
  generator: ['src/fixed', 'src/model', 'src/quantize'],
  sim: ['src/fixed', 'src/model', 'src/quantize', 'src/golden', 'src/kernels', 'src/report'],
};

/** The top: nothing below may import these, and they may import everything below. */
const TOP = ['src/flow', 'src/cli', 'bench'];

/** Packages that only one part may use. */
const PACKAGE_HOME: Readonly<Record<string, readonly string[]>> = {
  handlebars: ['generator/emit'],
  execa: ['sim'],
  'node:child_process': ['sim'],
  '@yowasp/yosys': ['sim'],
  commander: ['src/cli'],
  ora: ['src/cli'],
  ...Object.fromEntries(
    ['core', 'layers', 'backend-cpu', 'backend-wasm'].map((part) => [
      `@tensorflow/tfjs-${part}`,
      ['src/train', 'src/analyze', 'bench'],
    ]),
  ),
};

interface Import {
  readonly from: string;
  readonly to: string;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(packageRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (path === join('src', 'kernels', 'assembly')) return [];
    if (entry.isDirectory()) return sourceFiles(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

const files = ['src', 'generator', 'sim', 'bench'].flatMap(sourceFiles);

const imports: readonly Import[] = files.flatMap((from) => {
  const text = readFileSync(join(packageRoot, from), 'utf8');
  return ts.preProcessFile(text).importedFiles.map(({ fileName }) => ({
    from,
    to: fileName.startsWith('.') ? normalize(join(dirname(from), fileName)) : fileName,
  }));
});

const isOurs = ({ to }: Import): boolean => files.includes(to);

function partOf(file: string): string {
  const folder = dirname(file);
  if (folder === 'src' || file === 'src/model/types.ts' || file === 'src/quantize/types.ts') {
    return SHARED;
  }
  const parts = [...Object.keys(MAY_IMPORT), ...TOP].sort((a, b) => b.length - a.length);
  return parts.find((part) => `${folder}/`.startsWith(`${part}/`)) ?? folder;
}

function isAllowed({ from, to }: Import): boolean {
  const [source, target] = [partOf(from), partOf(to)];
  if (source === target || target === SHARED) return true;
  if (TOP.includes(source)) {
    return !TOP.includes(target) || (source === 'src/cli' && target === 'src/flow');
  }
  return MAY_IMPORT[source]?.includes(target) ?? false;
}

/** A circle of imports as a list of files, if there is one. */
function findCircle(): readonly string[] | undefined {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to]);
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (finished.has(file)) return undefined;
    for (const target of targets.get(file) ?? []) {
      const circle = visit(target, [...path, file]);
      if (circle !== undefined) return circle;
    }
    finished.add(file);
    return undefined;
  };
  for (const file of files) {
    const circle = visit(file, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

const describeImport = ({ from, to }: Import): string => `${from} imports ${to}`;

describe('architecture', () => {
  it('finds the source files and their imports', () => {
    expect(files).toContain('src/issues.ts');
    expect(imports).toContainEqual({ from: 'src/cli/flags.ts', to: 'src/issues.ts' });
  });

  it('refuses what it should when asked about imports that do not exist', () => {
    for (const [from, to] of [
      ['src/model/load.ts', 'src/quantize/quantize.ts'],
      ['src/golden/run.ts', 'generator/plan/widths.ts'],
      ['src/golden/run.ts', 'src/kernels/engine.ts'],
      ['src/kernels/engine.ts', 'src/train/types.ts'],
      ['src/train/recipes.ts', 'src/flow/images.ts'],
      ['src/quantize/quantize.ts', 'src/train/types.ts'],
      ['generator/plan/plan.ts', 'generator/emit/emit.ts'],
      ['generator/emit/emit.ts', 'sim/cosim.ts'],
      ['sim/cosim.ts', 'generator/plan/plan.ts'],
      ['sim/cosim.ts', 'src/flow/flow.ts'],
      ['src/flow/flow.ts', 'src/cli/main.ts'],
    ]) {
      expect(isAllowed({ from: from!, to: to! }), `${from} -> ${to}`).toBe(false);
    }
  });

  it('has every import go the allowed way', () => {
    const forbidden = imports.filter((each) => isOurs(each) && !isAllowed(each));
    expect(forbidden.map(describeImport)).toEqual([]);
  });

  it('has no import that leads outside or to a file that is missing', () => {
    const lost = imports.filter((each) => each.to.endsWith('.ts') && !isOurs(each));
    expect(lost.map(describeImport)).toEqual([]);
  });

  it('has no circle of imports', () => {
    expect(findCircle()).toBeUndefined();
  });

  it('has each special package used in its own part only', () => {
    const astray = imports.filter(({ from, to }) => {
      const homes = PACKAGE_HOME[to];
      return homes !== undefined && !homes.includes(partOf(from));
    });
    expect(astray.map(describeImport)).toEqual([]);
  });
});
