/**
 * @file The harness: a routed module has hundreds of ports, a package tens of pins.
 *
 *     serial_i -> shift register, a bit for each input -> module -> a register for each output, which
 *                                                                   adds to what it passes on -> serial_o
 *
 * Every input comes from a register and every output goes into one, so that paths through pins, which depend on a
 * board, are not timed. Nothing can be optimized away: any output is seen at serial_o, any input is free to be
 * anything. The input register inverts as it shifts: a plain one would hold, one place on, just what a register of the
 * module behind an input holds (an activation that an element passes on), and yosys would merge the two.
 */
import { fail } from '../../src/issues.ts';
import type { HarnessFigures } from '../../src/report/route-report.ts';
import type { ModulePort } from './module-tree.ts';

/** Modules of the routed netlist: the harness, and what it holds. */
export const HARNESS_MODULE = 'an_route_harness';
export const ROUTED_MODULE = 'an_route_dut';
/** Name of the instance in the harness. */
export const ROUTED_INSTANCE = 'u_dut';

export interface Harness extends HarnessFigures {
  readonly verilog: string;
}

/** Make the harness of a module with these ports, one of which is the clock `clk_i`. */
export function makeHarness(ports: readonly ModulePort[]): Harness {
  checkPorts(ports);
  const counted = { input: 0, output: 0 };
  const connections = ports.map(({ name, direction, width }) => {
    if (name === 'clk_i') return '.clk_i(clk_i)';
    if (direction === 'inout') throw new Error('internal: an inout port is refused before');
    const signal = direction === 'input' ? 'in_q' : 'out';
    const first = counted[direction];
    counted[direction] += width;
    return `.${name}(${signal}[${first} +: ${width}])`;
  });
  const verilog = `// Made for routing: see sim/nextpnr/harness.ts.
module ${HARNESS_MODULE} (
  input  logic clk_i,
  input  logic serial_i,
  output logic serial_o
);
  localparam int InputBits  = ${counted.input};
  localparam int OutputBits = ${counted.output};
  logic [InputBits-1:0]  in_q;
  logic [OutputBits-1:0] out, out_q;

  always_ff @(posedge clk_i) begin
    in_q  <= ~{in_q, serial_i};
    out_q <= {out_q, 1'b0} ^ out;
  end
  assign serial_o = out_q[OutputBits-1];

  ${ROUTED_MODULE} ${ROUTED_INSTANCE} (
    ${connections.join(',\n    ')}
  );
endmodule
`;
  return { verilog, inputBits: counted.input, outputBits: counted.output };
}

function checkPorts(ports: readonly ModulePort[]): void {
  const refuse = (reason: string) =>
    fail(`Cannot route this design: ${reason}`, 'Generate the design again');
  const clock = ports.find(({ name }) => name === 'clk_i');
  if (clock?.direction !== 'input' || clock.width !== 1) {
    refuse('its module has no input "clk_i" of one bit');
  }
  for (const { name, direction } of ports) {
    if (direction === 'inout') refuse(`its port "${name}" goes both ways`);
    if (!/^[A-Za-z_]\w*$/.test(name)) refuse(`its port "${name}" is no plain name`);
  }
  for (const wanted of ['input', 'output']) {
    const has = ports.some(({ name, direction }) => name !== 'clk_i' && direction === wanted);
    if (!has) refuse(`its module has no ${wanted} but the clock`);
  }
}
