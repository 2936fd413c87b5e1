import { expect, test } from 'vitest';
import { packedCells } from '../../../sim/nextpnr/pack-ice40.ts';

test('packedCells() adds up the kinds of cells that nextpnr lists', () => {
  const log = `Info: Packing LUT-FFs..
Info:      120 LCs used as LUT4 only
Info:     1238 LCs used as LUT4 and DFF
Info: Packing non-LUT FFs..
Info:      730 LCs used as DFF only
Info: Packing carries..
Info:        0 LCs used as CARRY only
Info: Packing special functions..
Info:       27 LCs used to legalise carry chains.`;
  expect(packedCells(log)).toBe(120 + 1238 + 730 + 27);
  expect(() => packedCells('nothing')).toThrow('internal: nextpnr does not say what it packed');
});
