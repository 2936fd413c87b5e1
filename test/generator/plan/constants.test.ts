import fc from 'fast-check';
import { expect, test } from 'vitest';
import { completeConfig } from '../../../generator/config.ts';
import { constantWidths, hardwareAffine, widenLane } from '../../../generator/plan/constants.ts';
import { planOperations } from '../../../generator/plan/operations.ts';
import { sumBounds } from '../../../generator/plan/weights.ts';
import { roundShift } from '../../../src/fixed/round.ts';
import { randomCases } from '../../random-network.ts';

const asSigned = (value: number, width: number) => Number(BigInt.asIntN(width, BigInt(value)));

test('hardwareAffine() rounds a hardware sum to the golden integer, within its widths', () => {
  fc.assert(
    fc.property(
      randomCases,
      fc.nat(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (one, pick, part) => {
        const { model } = one;
        const config = completeConfig(one.hardware);
        const { operations } = planOperations(model, config);
        const bounds = operations.map((operation) => sumBounds(operation, model, config));
        const affines = operations.map((operation, i) => hardwareAffine(operation, bounds[i]));
        const widths = constantWidths(operations, affines, bounds);
        const index = pick % operations.length;
        const { layer, residualWidth } = operations[index];
        const c = pick % layer.outputShape[2];
        const { offset, scale, max } = bounds[index];
        // An accumulator value somewhere in its range, and its twin in the hardware.
        const low = -Math.floor(offset[c] / 2 ** scale);
        const acc = low + Math.floor(part * (Math.floor((max - offset[c]) / 2 ** scale) - low));
        const sum = 2 ** scale * acc + offset[c];
        const residual = layer.residual;
        const res = pick % 2 ** residualWidth;
        const resTerm = residual ? (res - residual.zeroPoint) * residual.mult[c] : 0;
        const golden = roundShift(
          (acc - layer.affine.mean[c]) * layer.affine.mult[c] + resTerm + layer.affine.bias[c],
          layer.affine.shift[c],
        );
        const hardware = affines[index];
        const diff = asSigned(sum - hardware.mean[c], widths.diffWidth);
        const total = asSigned(
          diff * hardware.mult[c] +
            (residual ? (res - residual.zeroPoint) * hardware.resMult[c] : 0) +
            hardware.bias[c],
          widths.totalWidth,
        );
        expect(Math.floor(total / 2 ** hardware.shift[c])).toBe(golden);
      },
    ),
    { numRuns: 500 },
  );
});

test('widenLane() leaves no register narrower than what feeds it', () => {
  const narrow = {
    meanWidth: 6,
    diffWidth: 5,
    multWidth: 2,
    shiftWidth: 1,
    biasWidth: 9,
    resMultWidth: 12,
    totalWidth: 7,
  };
  expect(widenLane(narrow, { accWidth: 4, bankWidth: 8, monitorWidth: 8 })).toEqual({
    ...narrow,
    diffWidth: 6,
    totalWidth: 12,
  });
  // A sum of 9 bits in a difference of 8, and a clamp of 17 bits.
  expect(widenLane(narrow, { accWidth: 9, bankWidth: 4, monitorWidth: 16 })).toMatchObject({
    diffWidth: 9,
    totalWidth: 17,
  });
  // What is wide enough stays.
  const wide = { ...narrow, diffWidth: 12, totalWidth: 20 };
  expect(widenLane(wide, { accWidth: 12, bankWidth: 8, monitorWidth: 16 })).toEqual(wide);
});
