/** @file The yosys scripts of routing: what the module looks like, and its netlist in the harness. */
import type { FamilyId } from '../../src/report/families.ts';
import type { RoutedPart } from '../../src/report/route-report.ts';
import { chooseTop, STAT_FILE, SYNTHESIS } from '../yosys/scripts.ts';
import { HARNESS_MODULE, ROUTED_MODULE } from './harness.ts';

export interface RouteScriptRequest {
  readonly part: RoutedPart;
  readonly top: string;
  readonly arrayModule: string;
  readonly sources: readonly string[];
}

/** Files that the scripts read and write. */
export const DUMP_FILE = 'dump.il';
export const HARNESS_FILE = 'an_route_harness.sv';
export const NETLIST_FILE = 'netlist.json';
export { STAT_FILE };

/** Write the ports and the module instances of every module. All modules of a design begin with `an_`. */
export function dumpScript(request: RouteScriptRequest): string {
  return [
    ...elaborate(request),
    `tee -q -o ${DUMP_FILE} dump -m */x:* */t:an_* */t:$paramod*`,
  ].join('; ');
}

/** Synthesize the module inside the harness for place and route. */
export function netlistScript(request: RouteScriptRequest & { readonly family: FamilyId }): string {
  return [
    ...elaborate(request),
    `rename -top ${ROUTED_MODULE}`,
    `read_verilog -sv ${HARNESS_FILE}`,
    `hierarchy -check -top ${HARNESS_MODULE}`,
    `${SYNTHESIS[request.family]} -json ${NETLIST_FILE}`,
    `tee -q -o ${STAT_FILE} stat -json`,
  ].join('; ');
}

/** The array takes the parameters that the whole design gives it, so the whole is elaborated first. */
function elaborate({ part, top, arrayModule, sources }: RouteScriptRequest): readonly string[] {
  return [
    `read_verilog -sv ${sources.join(' ')}`,
    `hierarchy -check -top ${top}`,
    ...(part === 'array' ? chooseTop(arrayModule) : []),
  ];
}
