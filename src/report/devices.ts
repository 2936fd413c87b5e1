/**
 * @file Devices that reports compare with: how much of each resource they have.
 *
 * Sources, vendor by vendor: Xilinx DS180 (7 series), DS190 (Zynq-7000), DS891 (Zynq UltraScale+);
 * Lattice FPGA-DS-02012 (ECP5) and Diamond's map report of LFE5U-25F and -85F for the exact numbers,
 * FPGA-DS-02029 (iCE40 LP/HX), FPGA-DS-02008 (iCE40 UltraPlus), FPGA-DS-02049 (CrossLink-NX); Gowin DS117
 * (GW1NR) and DS102 (GW2A); for 5CSEBA6 the limits of Quartus Prime 25.1's fitter (41,910 ALMs, 553 M10K,
 * 112 DSP blocks), which decide, not those of the overview CV-51001 (41,509 and 557).
 */
import type { FamilyId } from './families.ts';

export interface Device {
  readonly name: string;
  readonly family: FamilyId;
  readonly lut: number;
  readonly ff: number;
  readonly dsp: number;
  /** In the family's unit, `FAMILIES[family].bram`. */
  readonly bram: number;
}

export const DEVICES: readonly Device[] = [
  { name: 'xc7a35t', family: 'xc7', lut: 20_800, ff: 41_600, dsp: 90, bram: 50 },
  { name: 'xc7z020', family: 'xc7', lut: 53_200, ff: 106_400, dsp: 220, bram: 140 },
  { name: 'xc7a100t', family: 'xc7', lut: 63_400, ff: 126_800, dsp: 240, bram: 135 },
  { name: 'xczu3eg', family: 'xcup', lut: 70_560, ff: 141_120, dsp: 360, bram: 216 },
  { name: 'LFE5U-25F', family: 'ecp5', lut: 24_288, ff: 24_288, dsp: 28, bram: 56 },
  { name: 'LFE5U-45F', family: 'ecp5', lut: 43_848, ff: 43_848, dsp: 72, bram: 108 },
  { name: 'LFE5U-85F', family: 'ecp5', lut: 83_640, ff: 83_640, dsp: 156, bram: 208 },
  { name: 'iCE40HX8K', family: 'ice40', lut: 7_680, ff: 7_680, dsp: 0, bram: 32 },
  { name: 'iCE40UP5K', family: 'ice40up', lut: 5_280, ff: 5_280, dsp: 8, bram: 30 },
  { name: 'GW1NR-9', family: 'gowin', lut: 8_640, ff: 6_480, dsp: 20, bram: 26 },
  { name: 'GW2A-18', family: 'gowin', lut: 20_736, ff: 15_552, dsp: 48, bram: 46 },
  { name: 'LIFCL-40', family: 'nexus', lut: 32_256, ff: 32_256, dsp: 56, bram: 84 },
  // Two half ALMs and four registers in each of the 41,910 ALMs.
  { name: '5CSEBA6', family: 'cyclonev', lut: 83_820, ff: 167_640, dsp: 112, bram: 553 },
];

/** The device of that name, in any case; `undefined` where the table has none. */
export function findDevice(name: string): Device | undefined {
  return DEVICES.find((device) => device.name.toLowerCase() === name.toLowerCase());
}

/** The devices of one family, smallest first as in the table. */
export function devicesOf(family: FamilyId): readonly Device[] {
  return DEVICES.filter((device) => device.family === family);
}
