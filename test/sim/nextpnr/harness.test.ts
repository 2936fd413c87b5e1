import { describe, expect, it } from 'vitest';
import { makeHarness } from '../../../sim/nextpnr/harness.ts';
import type { ModulePort } from '../../../sim/nextpnr/module-tree.ts';

const port = (name: string, direction: ModulePort['direction'], width = 1): ModulePort => ({
  name,
  direction,
  width,
});
const ports = [
  port('clk_i', 'input'),
  port('acts_i', 'input', 8),
  port('swap_i', 'input'),
  port('psums_o', 'output', 10),
  port('end_o', 'output'),
];

describe('makeHarness()', () => {
  it('gives every bit of every port a register of its own', () => {
    const { verilog, inputBits, outputBits } = makeHarness(ports);
    // 8 + 1 bits in, 10 + 1 out; the clock has none.
    expect([inputBits, outputBits]).toEqual([9, 11]);
    expect(verilog).toContain('InputBits  = 9;');
    for (const connection of [
      '.clk_i(clk_i)',
      '.acts_i(in_q[0 +: 8])',
      '.swap_i(in_q[8 +: 1])',
      '.psums_o(out[0 +: 10])',
      '.end_o(out[10 +: 1])',
    ]) {
      expect(verilog).toContain(connection);
    }
  });

  it.each([
    ['no input "clk_i"', ports.slice(1)],
    ['"pad" goes both ways', [...ports, port('pad', 'inout')]],
    ['"a;b" is no plain name', [...ports, port('a;b', 'input')]],
    ['no output but the clock', ports.slice(0, 3)],
    ['no input but the clock', [ports[0]!, ports[3]!]],
  ])('refuses a module: %s', (reason, bad) => {
    expect(() => makeHarness(bad)).toThrow(reason);
  });
});
