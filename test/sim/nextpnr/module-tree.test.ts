import { describe, expect, it } from 'vitest';
import { readModuleTree } from '../../../sim/nextpnr/module-tree.ts';

/** As yosys 0.23 writes it, with two variants of a module and one module inside another. */
const DUMP = `
autoidx 795

module $paramod$90a9\\an_pe

  parameter \\ActWidth 4

  attribute \\src "an_pe.sv:9.1-9.5"
  wire width 5 output 3 \\psum_o

  wire input 1 \\clk_i
  cell $paramod$63f2\\an_delay \\gen_line.u_delay
    connect \\clk_i \\clk_i
  end
end

module \\an_array

  wire width 10 output 3 \\psums_o
  wire width 8 input 2 \\acts_i
  wire input 1 \\clk_i
  cell $paramod$90a9\\an_pe \\gen_row[0].gen_col[1].u_pe
    connect \\psum_o \\psums_o [4:0]
  end
  cell \\an_pe \\gen_row[1].gen_col[1].u_pe
  end
end
`;

describe('readModuleTree()', () => {
  it('gives the ports in the order of the header', () => {
    expect(readModuleTree(DUMP, 'an_array').ports).toEqual([
      { name: 'clk_i', direction: 'input', width: 1 },
      { name: 'acts_i', direction: 'input', width: 8 },
      { name: 'psums_o', direction: 'output', width: 10 },
    ]);
  });

  it('gives the source module of every instance when modules are variants', () => {
    expect(Object.fromEntries(readModuleTree(DUMP, 'an_array').modules)).toEqual({
      '': 'an_array',
      'gen_row[0].gen_col[1].u_pe': 'an_pe',
      'gen_row[0].gen_col[1].u_pe.gen_line.u_delay': 'an_delay',
      'gen_row[1].gen_col[1].u_pe': 'an_pe',
    });
  });

  it('stops when the module is not in the dump', () => {
    expect(() => readModuleTree(DUMP, 'an_core')).toThrow('internal: yosys dumped no module');
  });
});
