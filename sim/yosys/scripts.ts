/** @file The yosys scripts: one netlist each of a design for a family. */
import type { FamilyId } from '../../src/report/families.ts';

/** The netlists of which an estimate is made. */
export type Netlist =
  /** The whole design, flattened. */
  | 'total'
  /** The whole design, every module by itself. */
  | 'modules'
  /** The array module as the top, with the parameters the design gives it, flattened. */
  | 'array';

export interface ScriptRequest {
  readonly family: FamilyId;
  readonly netlist: Netlist;
  readonly top: string;
  readonly arrayModule: string;
  readonly sources: readonly string[];
}

/** File that the scripts write: the output of `stat -json`. */
export const STAT_FILE = 'stat.json';

/** Commands of each family; pads and clock buffers belong to a board, not to a design. */
export const SYNTHESIS: Readonly<Record<FamilyId, string>> = {
  xc7: 'synth_xilinx -family xc7 -noiopad -noclkbuf',
  xcup: 'synth_xilinx -family xcup -noiopad -noclkbuf',
  ecp5: 'synth_ecp5',
  ice40: 'synth_ice40 -device hx',
  ice40up: 'synth_ice40 -device u -dsp',
  gowin: 'synth_gowin -noiopads',
  nexus: 'synth_nexus -noiopad',
  cyclonev: 'synth_intel_alm -family cyclonev -noiopad -noclkbuf',
};

/** The script of one netlist. */
export function synthesisScript(request: ScriptRequest): string {
  const { family, netlist, top, arrayModule, sources } = request;
  return [
    `read_verilog -sv ${sources.join(' ')}`,
    `hierarchy -check -top ${top}`,
    ...(netlist === 'array' ? chooseTop(arrayModule) : []),
    `${SYNTHESIS[family]}${flattenOption(family, netlist)}`,
    `tee -q -o ${STAT_FILE} stat -json`,
  ].join('; ');
}

/** Commands that mark a module as top: by its name, or, where parameters made a variant of it, by the name it had. */
export function chooseTop(module: string): readonly string[] {
  const pattern = `${module} A:hdlname=\\${module}`;
  return [
    `select -assert-any ${pattern}`,
    'setattr -mod -unset top *',
    `setattr -mod -set top 1 ${pattern}`,
  ];
}

/** All flows flatten unless told not to, but Xilinx's, which does not unless told to. */
function flattenOption(family: FamilyId, netlist: Netlist): string {
  const keep = netlist === 'modules';
  if (family === 'xc7' || family === 'xcup') return keep ? '' : ' -flatten';
  return keep ? ' -noflatten' : '';
}
