import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.ts';
import { cellCost } from '../../src/report/cells.ts';
import { FAMILY_IDS } from '../../src/report/families.ts';
import { countCells, countModules, countNetlist, sumModules } from '../../src/report/resources.ts';
import { parseStat } from '../../src/report/stat.ts';

describe('countCells()', () => {
  it('counts the LUT sites of distributed RAM when the family is xc7', () => {
    const cells = {
      LUT6: 10,
      LUT2: 5,
      RAM32M: 2,
      RAM64M: 1,
      RAM32X1D: 3,
      RAM64X1D: 1,
      RAM128X1D: 1,
      RAM256X1S: 1,
      SRL16E: 4,
      SRLC32E: 1,
      INV: 7,
      MUXF7: 9,
      MUXF8: 3,
    };
    // 15 LUTs + 2*4 + 4 + 3*2 + 2 + 4 + 4 of RAM + 5 shift registers = 48; INV and MUXF are free.
    expect(countCells('xc7', cells)).toEqual({
      total: { lut: 48, ff: 0, carry: 0, dsp: 0, bram: 0 },
      other: {},
    });
  });

  it('counts RAMB18 as half a RAMB36 when the family is xcup', () => {
    const cells = {
      RAMB36E2: 2,
      RAMB18E2: 3,
      FDRE: 4,
      FDSE: 1,
      CARRY8: 2,
      DSP48E2: 1,
      RAM32M16: 1,
    };
    // 2 + 3 * 0.5 = 3.5 blocks; 2 CARRY8 are 4 CARRY4; a RAM32M16 takes the 8 LUTs of a SLICEM.
    expect(countCells('xcup', cells).total).toEqual({ lut: 8, ff: 5, carry: 4, dsp: 1, bram: 3.5 });
  });

  it('counts a CCU2C as two LUT sites when the family is ecp5', () => {
    const cells = {
      LUT4: 198,
      CCU2C: 172,
      PFUMX: 9,
      L6MUX21: 5,
      TRELLIS_FF: 809,
      DP16KD: 3,
      MULT18X18D: 1,
    };
    // 198 + 2 * 172 = 542.
    expect(countCells('ecp5', cells)).toEqual({
      total: { lut: 542, ff: 809, carry: 172, dsp: 1, bram: 3 },
      other: {},
    });
    expect(countCells('ecp5', { TRELLIS_DPR16X4: 2 }).total.lut).toBe(12);
  });

  it('keeps the carry beside the LUTs when the family is ice40', () => {
    const cells = {
      SB_LUT4: 964,
      SB_CARRY: 287,
      SB_DFF: 681,
      SB_DFFESR: 128,
      SB_RAM40_4K: 12,
      SB_MAC16: 1,
    };
    expect(countCells('ice40', cells).total).toEqual({
      lut: 964,
      ff: 809,
      carry: 287,
      dsp: 1,
      bram: 12,
    });
  });

  it('counts ALUs and distributed RAM as LUT sites when the family is gowin', () => {
    const cells = {
      LUT1: 1,
      LUT4: 2,
      ALU: 10,
      RAM16SDP4: 1,
      MUX2_LUT5: 6,
      DFFRE: 3,
      DFF: 1,
      SPX9: 1,
      pROM: 2,
      SDPX9B: 1,
      GND: 1,
      VCC: 1,
    };
    // 3 LUTs + 10 ALUs + 6 = 19.
    expect(countCells('gowin', cells)).toEqual({
      total: { lut: 19, ff: 4, carry: 10, dsp: 0, bram: 4 },
      other: {},
    });
  });

  it('counts wide functions and carries as two LUT sites when the family is nexus', () => {
    const cells = {
      LUT4: 128,
      WIDEFN9: 3,
      CCU2: 204,
      FD1P3IX: 734,
      INV: 16,
      MULT18X18: 1,
      MULT18X36: 1,
      PDPSC16K: 3,
      VHI: 1,
      VLO: 1,
    };
    // 128 + 6 + 408 = 542; a product of 18x36 bits takes two 18x18 multipliers.
    expect(countCells('nexus', cells)).toEqual({
      total: { lut: 542, ff: 734, carry: 204, dsp: 3, bram: 3 },
      other: {},
    });
  });

  it('counts half ALMs and fractions of a DSP block when the family is cyclonev', () => {
    const cells = {
      MISTRAL_ALUT2: 130,
      MISTRAL_ALUT6: 10,
      MISTRAL_ALUT_ARITH: 352,
      MISTRAL_FF: 770,
      MISTRAL_M10K: 2,
      MISTRAL_MUL18X18: 3,
      MISTRAL_MUL9X9: 2,
      MISTRAL_NOT: 19,
    };
    // 130 + 20 + 352 = 502; 3 / 2 + 2 / 3 = 2.17 DSP blocks.
    expect(countCells('cyclonev', cells)).toEqual({
      total: { lut: 502, ff: 770, carry: 352, dsp: 2.17, bram: 2 },
      other: {},
    });
  });

  it('leaves out $scopeinfo and tells of cells it does not know', () => {
    expect(countCells('ecp5', { $scopeinfo: 19, LUT4: 1, EHXPLLL: 1 })).toEqual({
      total: { lut: 1, ff: 0, carry: 0, dsp: 0, bram: 0 },
      other: { EHXPLLL: 1 },
    });
  });
});

describe('cellCost()', () => {
  it('knows no cell of another vendor when asked across families', () => {
    const foreign = {
      xc7: 'SB_LUT4',
      xcup: 'SB_LUT4',
      ecp5: 'LUT6',
      ice40: 'LUT4',
      ice40up: 'LUT4',
      gowin: 'LUT6',
      nexus: 'TRELLIS_FF',
      cyclonev: 'LUT4',
    };
    for (const family of FAMILY_IDS) expect(cellCost(family, foreign[family])).toBeUndefined();
  });
});

describe('countModules()', () => {
  it('adds up own cells over all instances when the hierarchy was kept', () => {
    const text = readFileSync(
      join(packageRoot, 'test', 'report', 'fixtures', 'stat-0.23-hierarchy.txt'),
      'utf8',
    );
    const modules = countModules('xc7', parseStat(text), 'an_top');
    expect(modules).toEqual({
      an_array: { instances: 1, lut: 0, ff: 0, carry: 0, dsp: 0, bram: 0 },
      // 16 elements of 16 LUTs, 35 flip-flops and 6 CARRY4 each.
      an_pe: { instances: 16, lut: 256, ff: 560, carry: 96, dsp: 0, bram: 0 },
      an_ram: { instances: 1, lut: 0, ff: 0, carry: 0, dsp: 0, bram: 0.5 },
      an_rom: { instances: 1, lut: 0, ff: 0, carry: 0, dsp: 0, bram: 1 },
      an_top: { instances: 1, lut: 0, ff: 158, carry: 0, dsp: 1, bram: 0 },
    });
    // Yosys' own total of the design: CARRY4 96, DSP48E1 1, FDRE 718, LUT2 128 + LUT3 128.
    expect(sumModules(modules)).toEqual({ lut: 256, ff: 718, carry: 96, dsp: 1, bram: 1.5 });
  });

  it('joins variants of a module when they differ in parameters only', () => {
    const modules = new Map([
      ['top', { '$paramod\\leaf\\W=1': 2, '$paramod\\leaf\\W=2': 1 }],
      ['$paramod\\leaf\\W=1', { LUT4: 3 }],
      ['$paramod\\leaf\\W=2', { LUT4: 5 }],
    ]);
    // 2 * 3 + 1 * 5 = 11 LUTs in 3 instances.
    expect(countModules('ecp5', modules, 'top').leaf).toEqual({
      instances: 3,
      lut: 11,
      ff: 0,
      carry: 0,
      dsp: 0,
      bram: 0,
    });
  });
});

describe('countNetlist()', () => {
  it('counts every instance, and what it does not know, when modules are left', () => {
    const modules = new Map([
      ['top', { leaf: 2, LUT4: 1, unused: 1 }],
      ['leaf', { LUT4: 3, EHXPLLL: 1 }],
      ['elsewhere', { LUT4: 100 }],
    ]);
    // 1 + 2 * 3 = 7; "unused" is no module here, so it is a cell that no rule knows.
    expect(countNetlist('ecp5', modules, 'top')).toEqual({
      total: { lut: 7, ff: 0, carry: 0, dsp: 0, bram: 0 },
      other: { unused: 1, EHXPLLL: 2 },
    });
  });
});
