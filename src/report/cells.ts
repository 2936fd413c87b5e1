/**
 * @file What each cell of a family's netlist takes from the device.
 *
 * Sources: Xilinx UG474 and UG574 (LUTs of each distributed RAM), UG473 and UG573 (block RAM); Lattice
 * FPGA-DS-02012 (ECP5) and FPGA-DS-02049 (CrossLink-NX), "Number of slices required to implement
 * distributed RAM": a 16x4 RAM takes 3 slices of 2 LUT4; Gowin's own place-and-route reports, whose total
 * counts 6 for each RAM16; Intel CV-5V2 (a Cyclone V ALM is two ALUTs and four registers, an MLAB of 10
 * ALMs holds 32 x 20 bits, a DSP block three 9x9, two 18x18 or one 27x27 products).
 *
 * Not counted: inverters (they melt into the LUT or register that follows), wide multiplexers that lie
 * beside the LUTs (MUXF7, PFUMX, MUX2_LUT5 and their kind), constants, pads and clock buffers.
 */
import type { FamilyId } from './families.ts';

/** What one cell takes; a figure left out is zero. */
export interface CellCost {
  readonly lut?: number;
  readonly ff?: number;
  readonly carry?: number;
  readonly dsp?: number;
  readonly bram?: number;
}

type CostTable = readonly (readonly [RegExp, CellCost])[];

const FREE: CellCost = {};
const LUT: CellCost = { lut: 1 };
const FF: CellCost = { ff: 1 };
const CARRY: CellCost = { carry: 1 };
const DSP: CellCost = { dsp: 1 };
const HALF_DSP: CellCost = { dsp: 0.5 };
const BRAM: CellCost = { bram: 1 };

/** Cells that no family pays for: Yosys' notes on scopes (since 0.45) and on properties. */
const NOTES = /^\$(scopeinfo|assert|assume|cover|live|fair|check|print)$/;

const XILINX: CostTable = [
  [/^LUT([1-6]|6_2)$/, LUT],
  [/^(SRL16E|SRLC16E|SRLC32E|RAM(32|64)X1S)$/, LUT],
  [/^(RAM(32|64)X1D|RAM128X1S|RAM32X2S)$/, { lut: 2 }],
  [/^(RAM32M|RAM64M|RAM128X1D|RAM256X1S)$/, { lut: 4 }],
  [/^(RAM32M16|RAM64M8|RAM32X16DR8|RAM64X8SW|RAM256X1D|RAM512X1S)$/, { lut: 8 }],
  [/^(FD[RSCP]E|LD[CP]E)(_1)?$/, FF],
  [/^CARRY4$/, CARRY],
  [/^CARRY8$/, { carry: 2 }],
  [/^DSP48E[12]$/, DSP],
  [/^RAMB36E[12]$/, BRAM],
  [/^RAMB18E[12]$/, { bram: 0.5 }],
  [/^(INV|MUXF[789]|BUFG|BUFGCTRL|IBUF|OBUF|OBUFT|IOBUF|GND|VCC)$/, FREE],
];

const ICE40: CostTable = [
  [/^SB_LUT4$/, LUT],
  [/^SB_DFF[A-Z]*$/, FF],
  [/^SB_CARRY$/, CARRY],
  [/^SB_MAC16$/, DSP],
  [/^SB_RAM40_4K[A-Z]*$/, BRAM],
  [/^(SB_GB|SB_GB_IO|SB_IO)$/, FREE],
];

const TABLES: Readonly<Record<FamilyId, CostTable>> = {
  xc7: XILINX,
  xcup: XILINX,
  ecp5: [
    [/^LUT4$/, LUT],
    [/^CCU2C$/, { lut: 2, carry: 1 }],
    [/^TRELLIS_DPR16X4$/, { lut: 6 }],
    [/^TRELLIS_FF$/, FF],
    [/^MULT18X18D$/, DSP],
    [/^MULT9X9D$/, HALF_DSP],
    [/^(DP16KD|PDPW16KD)$/, BRAM],
    [/^(PFUMX|L6MUX21|INV|TRELLIS_IO|DCCA|VHI|VLO|GND|VCC)$/, FREE],
  ],
  ice40: ICE40,
  ice40up: ICE40,
  gowin: [
    [/^(LUT[1-4]|ROM16)$/, LUT],
    [/^ALU$/, { lut: 1, carry: 1 }],
    [/^RAM16S(DP)?[124]$/, { lut: 6 }],
    [/^(DFF|DL)[A-Z]*$/, FF],
    [/^MULT18X18$/, DSP],
    [/^MULT9X9$/, HALF_DSP],
    [/^MULT36X36$/, { dsp: 4 }],
    [/^(SP|SPX9|SDPB?|SDPX9B?|DPB?|DPX9B?|p?ROM|p?ROMX9)$/, BRAM],
    [/^(MUX2(_LUT[5-8])?|INV|GND|VCC|GSR|IBUF|OBUF|TBUF|IOBUF)$/, FREE],
  ],
  nexus: [
    [/^LUT4$/, LUT],
    [/^WIDEFN9$/, { lut: 2 }],
    [/^CCU2$/, { lut: 2, carry: 1 }],
    [/^DPR16X4$/, { lut: 6 }],
    [/^F[DL]1P3[A-Z]+$/, FF],
    [/^MULT18X18$/, DSP],
    [/^MULT9X9$/, HALF_DSP],
    [/^MULT18X36$/, { dsp: 2 }],
    [/^MULT36X36$/, { dsp: 4 }],
    [/^(PDP16K|PDPSC16K|DP16K|SP16K)(_MODE)?$/, BRAM],
    [/^(INV|VHI|VLO|IB|OB|OBZ|BB)$/, FREE],
  ],
  cyclonev: [
    [/^MISTRAL_(ALUT[2-5]|MLAB)$/, LUT],
    [/^MISTRAL_ALUT6$/, { lut: 2 }],
    [/^MISTRAL_ALUT_ARITH$/, { lut: 1, carry: 1 }],
    [/^MISTRAL_FF$/, FF],
    [/^MISTRAL_MUL27X27$/, DSP],
    [/^MISTRAL_MUL18X18$/, HALF_DSP],
    [/^MISTRAL_MUL9X9$/, { dsp: 1 / 3 }],
    [/^MISTRAL_M10K$/, BRAM],
    [/^(MISTRAL_(NOT|BUF|CLKBUF|IB|OB|IO)|GND|VCC)$/, FREE],
  ],
};

/** What a cell takes from a device of the family; `undefined` where the cell is not known. */
export function cellCost(family: FamilyId, type: string): CellCost | undefined {
  if (NOTES.test(type)) return FREE;
  return TABLES[family].find(([pattern]) => pattern.test(type))?.[1];
}
