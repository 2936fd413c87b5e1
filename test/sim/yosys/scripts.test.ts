import { describe, expect, it } from 'vitest';
import { synthesisScript } from '../../../sim/yosys/scripts.ts';

const request = {
  top: 'an_top',
  arrayModule: 'an_array',
  sources: ['rtl/an_pe.sv', 'rtl/an_top.sv'],
} as const;

describe('synthesisScript()', () => {
  it('flattens the whole design when the totals are asked for', () => {
    expect(synthesisScript({ ...request, family: 'xc7', netlist: 'total' }).split('; ')).toEqual([
      'read_verilog -sv rtl/an_pe.sv rtl/an_top.sv',
      'hierarchy -check -top an_top',
      'synth_xilinx -family xc7 -noiopad -noclkbuf -flatten',
      'tee -q -o stat.json stat -json',
    ]);
    expect(synthesisScript({ ...request, family: 'ecp5', netlist: 'total' })).toContain(
      '; synth_ecp5; ',
    );
  });

  it('keeps the hierarchy when the modules are asked for', () => {
    const script = (family: 'xc7' | 'ecp5') =>
      synthesisScript({ ...request, family, netlist: 'modules' });
    expect(script('xc7')).toContain('; synth_xilinx -family xc7 -noiopad -noclkbuf; ');
    expect(script('ecp5')).toContain('; synth_ecp5 -noflatten; ');
  });

  it('makes the variant of the array module the top when the array is asked for', () => {
    const script = synthesisScript({ ...request, family: 'ice40up', netlist: 'array' });
    expect(script.split('; ').slice(1, 6)).toEqual([
      'hierarchy -check -top an_top',
      'select -assert-any an_array A:hdlname=\\an_array',
      'setattr -mod -unset top *',
      'setattr -mod -set top 1 an_array A:hdlname=\\an_array',
      'synth_ice40 -device u -dsp',
    ]);
  });
});
