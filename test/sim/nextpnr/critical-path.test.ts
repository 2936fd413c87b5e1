import { describe, expect, it } from 'vitest';
import { nameCriticalPath, placeOf } from '../../../sim/nextpnr/critical-path.ts';

const tree = {
  ports: [],
  modules: new Map([
    ['', 'an_array'],
    ['gen_row[4].u_pe', 'an_pe'],
    ['gen_row[4].u_pe.u_delay', 'an_delay'],
  ]),
};
const pe = 'u_dut.gen_row[4].u_pe';

describe('placeOf()', () => {
  it.each([
    // Names of nextpnr-ice40 0.4 and of nextpnr-ecp5 0.11.
    [`${pe}.diff_q[0]`, 'an_pe', 'gen_row[4].u_pe', 'diff_q'],
    [`${pe}.negative_SB_CARRY_CI_CO[11]`, 'an_pe', 'gen_row[4].u_pe', 'negative'],
    [`${pe}.psum_o_SB_DFF_Q_DFFLC`, 'an_pe', 'gen_row[4].u_pe', 'psum_o'],
    [`${pe}.sum_CCU2C_S0_3_COUT`, 'an_pe', 'gen_row[4].u_pe', 'sum'],
    [`${pe}.u_delay.gen_line.line_q[3]`, 'an_delay', 'gen_row[4].u_pe.u_delay', 'gen_line.line_q'],
    ['u_dut.gen_diagonals.swap_q[2]', 'an_array', '', 'gen_diagonals.swap_q'],
    ['u_dut.mem.0.0_RDATA_2', 'an_array', '', 'mem'],
    ['u_dut.mem.0.3', 'an_array', '', 'mem'],
    ['in_q[7]', 'an_route_harness', '', 'in_q'],
    ['$nextpnr_ICESTORM_LC_49$I3', null, '', '$nextpnr_ICESTORM_LC_49$I3'],
  ])('reads %s', (name, module, instance, signal) => {
    expect(placeOf(name, tree)).toEqual({ module, instance, signal });
  });
});

describe('nameCriticalPath()', () => {
  const hop = (type: string, delay: number, net?: string, cell = 'x') => ({
    type,
    delay,
    net,
    to: { cell },
  });

  it('adds up delays and joins the bits of a carry chain', () => {
    const path = nameCriticalPath(
      [
        hop('clk-to-q', 0.5),
        hop('routing', 1, `${pe}.diff_q[0]`),
        hop('logic', 0.5),
        hop('routing', 0.25, `${pe}.negative_SB_CARRY_CI_CO[2]`),
        hop('logic', 0.125),
        hop('routing', 0, `${pe}.negative_SB_CARRY_CI_CO[3]`),
        hop('routing', 0.25, '$nextpnr_ICESTORM_LC_49$I3'),
        hop('setup', 0.375, undefined, `${pe}.psum_o_SB_DFF_Q_DFFLC`),
      ],
      tree,
    );
    // 0.5 + 1 + 0.5 + 0.25 + 0.125 + 0 + 0.25 + 0.375 = 3; wires 1 + 0.25 + 0 + 0.25 = 1.5.
    expect(path).toMatchObject({ totalNs: 3, logicNs: 1.5, routingNs: 1.5 });
    expect(path.steps.map(({ signal, cells, untilNs }) => [signal, cells, untilNs])).toEqual([
      ['diff_q', 1, 1.5],
      // Two bits, and the cell that carries the last one into the fabric: 2.25, 2.375, 2.63.
      ['negative', 3, 2.63],
      ['psum_o', 1, 3],
    ]);
  });
});
