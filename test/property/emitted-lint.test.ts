/**
 * @file Verilator, Yosys and Icarus print nothing about the emitted RTL, whatever the network and the grid.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeDesign } from '../../generator/emit/write.ts';
import { planDesign } from '../../generator/plan/plan.ts';
import { lintDesign } from '../../sim/lint.ts';
import { randomCase } from '../random-network.ts';

test.each([1, 2, 3, 4, 5, 6])(
  'lintDesign() finds nothing in the design of random case %i',
  async (seed) => {
    const folder = mkdtempSync(join(tmpdir(), 'emitted-lint-'));
    try {
      const { model, hardware } = randomCase(seed);
      await writeDesign(planDesign(model, hardware), join(folder, 'design'));
      expect(await lintDesign(join(folder, 'design'))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  180_000,
);
