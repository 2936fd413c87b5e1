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

/** A mean of more bits than its difference: 16 needs 6 bits with its sign, -16 needs 5. */
const wideMean = 311;

test.each([1, 2, 3, 4, 5, 6, wideMean])(
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

test('lintDesign() finds nothing where constants are so small that bounds drop upper bits', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'emitted-lint-'));
  try {
    const withResidual = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(randomCase).find(({ model }) => {
      return model.layers.some(({ residual }) => residual !== undefined);
    });
    const { model, hardware } = withResidual!;
    const layers = model.layers.map((layer) => ({
      ...layer,
      affine: {
        mean: layer.affine.mean.map(() => 0),
        mult: layer.affine.mult.map(() => 0),
        shift: layer.affine.shift.map(() => 0),
        bias: layer.affine.bias.map(() => 0),
      },
      ...(layer.residual && {
        residual: { ...layer.residual, mult: layer.residual.mult.map(() => 1) },
      }),
    }));
    await writeDesign(planDesign({ ...model, layers }, hardware), join(folder, 'design'));
    expect(await lintDesign(join(folder, 'design'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 180_000);
