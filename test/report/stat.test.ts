import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.ts';
import { countInstances, parseStat, sourceModule } from '../../src/report/stat.ts';

const captured = (name: string) =>
  readFileSync(join(packageRoot, 'test', 'report', 'fixtures', name), 'utf8');

describe('parseStat()', () => {
  it('reads modules and instances when yosys 0.23 prints the hierarchy into its JSON', () => {
    const modules = parseStat(captured('stat-0.23-hierarchy.txt'));
    expect([...modules.keys()].map(sourceModule).sort()).toEqual([
      'an_array',
      'an_pe',
      'an_ram',
      'an_rom',
      'an_top',
    ]);
    const pe = [...modules.keys()].find((name) => sourceModule(name) === 'an_pe')!;
    expect(modules.get(pe)).toEqual({ CARRY4: 6, FDRE: 35, LUT2: 8, LUT3: 8 });
    const array = [...modules.keys()].find((name) => sourceModule(name) === 'an_array')!;
    expect(modules.get(array)).toEqual({ [pe]: 16 });
  });

  it('reads the flat netlist of yosys 0.55 from WebAssembly', () => {
    const modules = parseStat(captured('stat-0.55-flat.txt'));
    expect(modules.get('an_top')).toEqual({
      $scopeinfo: 19,
      CCU2C: 172,
      DP16KD: 3,
      LUT4: 188,
      MULT18X18D: 1,
      PFUMX: 3,
      TRELLIS_FF: 809,
    });
  });

  it('reads the comma too many that yosys prints when no top is marked', () => {
    const text =
      '{\n "modules": {\n "\\\\a": {\n "num_cells_by_type": {\n "LUT4": 2\n }\n }\n },\n}\n';
    expect(parseStat(text).get('a')).toEqual({ LUT4: 2 });
  });

  it('joins submodules and cells when a later version lists them apart', () => {
    const text =
      '{"modules": {"\\\\top": {"num_cells_by_type": {"LUT4": 3}, "num_submodules_by_type": {"\\\\sub": 2}}, "\\\\sub": {}}}';
    expect(parseStat(text).get('top')).toEqual({ LUT4: 3, sub: 2 });
  });

  it('throws an internal error when the text is no statistics', () => {
    expect(() => parseStat('ERROR: no such command')).toThrow(/^internal: .* not JSON/);
    expect(() => parseStat('{}')).toThrow(/^internal: .* no modules/);
  });
});

describe('sourceModule()', () => {
  it('gives the name in the source when parameters made a variant', () => {
    expect(sourceModule('an_top')).toBe('an_top');
    expect(sourceModule("$paramod\\an_ram\\Words=s32'00000000000000000000001000000000")).toBe(
      'an_ram',
    );
    expect(sourceModule('$paramod$4cf52cba5b13bd013b43ebc5c8473e5dafa83773\\an_ram')).toBe(
      'an_ram',
    );
  });
});

describe('countInstances()', () => {
  it('multiplies down the hierarchy when a module stands in several others', () => {
    const modules = new Map([
      ['top', { left: 1, right: 2, LUT4: 5 }],
      ['left', { leaf: 3 }],
      ['right', { leaf: 4, left: 1 }],
      ['leaf', { FF: 1 }],
      ['unused', { leaf: 100 }],
    ]);
    // left: 1 under top + 2 * 1 under right = 3; leaf: 3 * 3 under left + 2 * 4 under right = 17.
    expect(Object.fromEntries(countInstances(modules, 'top'))).toEqual({
      top: 1,
      left: 3,
      right: 2,
      leaf: 17,
    });
  });
});
