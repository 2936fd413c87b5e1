/**
 * @file The FPGA families whose resources are reported, and the unit of each figure.
 *
 * A LUT figure counts *sites*: what a cell takes away from the device's LUTs, so that it can be compared
 * with the data sheet's number. A carry cell that occupies LUTs (ECP5, Nexus, Gowin, Cyclone V) is in the
 * LUT figure and in the carry figure; on Xilinx and iCE40 the carry lies beside the LUT and costs none.
 */

/** Names that `--family` takes. */
export const FAMILY_IDS = [
  'xc7',
  'xcup',
  'ecp5',
  'ice40',
  'ice40up',
  'gowin',
  'nexus',
  'cyclonev',
] as const;

export type FamilyId = (typeof FAMILY_IDS)[number];

/** What one unit of each figure is, and how many bits a unit of block RAM holds. */
export interface Family {
  readonly title: string;
  readonly lut: string;
  readonly carry: string;
  readonly dsp: string;
  readonly bram: string;
  readonly bramBits: number;
}

export const FAMILIES: Readonly<Record<FamilyId, Family>> = {
  xc7: {
    title: 'Xilinx 7 series',
    lut: 'LUT6',
    carry: 'CARRY4',
    dsp: 'DSP48E1',
    bram: 'RAMB36 (a RAMB18 is 0.5)',
    bramBits: 36_864,
  },
  xcup: {
    title: 'Xilinx UltraScale+',
    lut: 'LUT6',
    carry: 'CARRY4 (two to a CARRY8)',
    dsp: 'DSP48E2',
    bram: 'RAMB36 (a RAMB18 is 0.5)',
    bramBits: 36_864,
  },
  ecp5: {
    title: 'Lattice ECP5',
    lut: 'LUT4 site (a CCU2C takes 2, a 16x4 RAM 6)',
    carry: 'CCU2C',
    dsp: '18x18 multiplier',
    bram: '18 Kbit block',
    bramBits: 18_432,
  },
  ice40: {
    title: 'Lattice iCE40 HX and LP',
    lut: 'LUT4',
    carry: 'SB_CARRY',
    dsp: 'none',
    bram: '4 Kbit block',
    bramBits: 4_096,
  },
  ice40up: {
    title: 'Lattice iCE40 UltraPlus',
    lut: 'LUT4',
    carry: 'SB_CARRY',
    dsp: 'SB_MAC16',
    bram: '4 Kbit block',
    bramBits: 4_096,
  },
  gowin: {
    title: 'Gowin GW1N and GW2A',
    lut: 'LUT4 site (an ALU takes 1, a 16x4 RAM 6)',
    carry: 'ALU',
    dsp: '18x18 multiplier (Yosys infers none: multipliers are in the LUT figure)',
    bram: '18 Kbit block',
    bramBits: 18_432,
  },
  nexus: {
    title: 'Lattice Nexus',
    lut: 'LUT4 site (a CCU2 takes 2, a 16x4 RAM 6)',
    carry: 'CCU2',
    dsp: '18x18 multiplier',
    bram: '18 Kbit block',
    bramBits: 18_432,
  },
  cyclonev: {
    title: 'Intel Cyclone V',
    lut: 'half ALM (a function of 6 inputs takes 2)',
    carry: 'arithmetic half ALM',
    dsp: 'DSP block (an 18x18 product is 0.5, a 9x9 one 0.33)',
    bram: 'M10K',
    bramBits: 10_240,
  },
};

/** Whether a text names a family. */
export function isFamilyId(text: string): text is FamilyId {
  return (FAMILY_IDS as readonly string[]).includes(text);
}
