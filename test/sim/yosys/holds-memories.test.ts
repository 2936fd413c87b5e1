import { describe, expect, it } from 'vitest';
import { holdsMemories } from '../../../sim/yosys/synthesize-truly.ts';

// An ECP5 block holds 18,432 bits: the ROM has 4 (73,728), each of the two RAMs 1.
const modules = new Map([
  ['top', { rom: 1, ram: 2, LUT4: 50 }],
  ['rom', { DP16KD: 4 }],
  ['ram', { DP16KD: 1 }],
]);
const holds = (...bits: readonly number[]) =>
  holdsMemories({ family: 'ecp5', modules, top: 'top', bits });

describe('holdsMemories()', () => {
  it('is true when each memory finds an instance with room for it', () => {
    expect(holds()).toBe(true);
    expect(holds(73_728)).toBe(true);
    expect(holds(18_432, 73_728, 18_432)).toBe(true);
    // Two memories of one module: 40,000 + 33,728 = 73,728.
    expect(holds(40_000, 33_728)).toBe(true);
  });

  it('is false when one does not, even if all block RAM together would do', () => {
    expect(holds(73_729)).toBe(false);
    // Beside the ROM's, the 20,000 bits find 18,432 twice.
    expect(holds(73_728, 20_000)).toBe(false);
    expect(holds(73_728, 18_432, 18_432, 1)).toBe(false);
  });
});
