import { describe, expect, it } from 'vitest';
import { throwIfTooLarge } from '../../../sim/nextpnr/fit-issues.ts';
import { findRoutableDevice } from '../../../src/report/routable-devices.ts';

const device = findRoutableDevice('hx1k')!;
const title = 'the array of "net"';

/** As nextpnr-ice40 0.4 prints it. */
const log = (cells: number, rams: number) => `
Info: Device utilisation:
Info: \t         ICESTORM_LC:  ${cells}/ 1280   280%
Info: \t        ICESTORM_RAM:     ${rams}/   16     0%
ERROR: Unable to place cell 'x', no BELs remaining to implement cell type 'ICESTORM_LC'
`;

describe('throwIfTooLarge()', () => {
  it('says nothing when all places suffice', () => {
    expect(() => throwIfTooLarge({ log: log(1280, 16), device, title })).not.toThrow();
  });

  it('names both numbers of every place that does not suffice, and larger devices', () => {
    expect(() => throwIfTooLarge({ log: log(3586, 17), device, title })).toThrow(
      /Cannot fit the array of "net" into iCE40HX1K: it needs 3,586 logic cells, the device has 1,280\n {2}Generate .*fewer rows.*--device lp8k, hx8k.*\n.*needs 17 block RAMs of 4 Kbit, the device has 16\n {2}Use a smaller network/,
    );
  });
});
