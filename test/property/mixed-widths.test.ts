/**
 * @file Every legal pair of widths of an adder layer, seven of them on one array: the RTL equals the golden model.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeDesign } from '../../generator/emit/write.ts';
import { planDesign } from '../../generator/plan/plan.ts';
import { cosim } from '../../sim/cosim.ts';
import { inputCodes } from '../../src/golden/input-codes.ts';
import { runGolden } from '../../src/golden/run.ts';
import { silent } from '../../src/progress.ts';
import { checkQuantized } from '../../src/quantize/check-quantized.ts';
import type { AdderLayer, QuantizedModel } from '../../src/quantize/types.ts';

const shape = [3, 4, 3] as const;
const allWidths = [2, 3, 4, 5, 6, 7, 8];

/** A 1 x 1 layer on 8-bit codes: its sum from about the centre on, where a unit is a code or more, and half the map it reads. */
function adderLayer(index: number, actWidth: number, weightWidth: number): AdderLayer {
  const channels = shape[2];
  const input = index === 0 ? 'input' : `layer${index - 1}`;
  const largest = channels * (2 ** Math.max(actWidth, weightWidth) - 1);
  return {
    name: `layer${index}`,
    kind: 'adder',
    input,
    inputShape: shape,
    outputShape: shape,
    kernel: [1, 1],
    stride: 1,
    padding: 0,
    padCode: 0,
    weights: Int16Array.from({ length: channels ** 2 }, (_, i) =>
      i % 4 === 0 ? 2 ** weightWidth - 1 : (7 * i + index) % 2 ** weightWidth,
    ),
    planes: 1,
    inputShift: 8 - actWidth,
    actWidth,
    weightWidth,
    affine: {
      mean: new Int32Array(channels).fill(Math.round(largest / 3)),
      mult: new Int32Array(channels).fill(Math.round(Math.max(1, 200 / largest) * 2 ** 7)),
      shift: new Uint8Array(channels).fill(7),
      bias: new Float64Array(channels),
    },
    residual: { input, zeroPoint: 0, mult: new Int32Array(channels).fill(2 ** 6) },
    clampLow: 0,
    clampHigh: 255,
    outWidth: 8,
    outSigned: false,
  };
}

/** A chain of seven layers, of 2 to 8 bits of weights, whose activations' bits are these in turn. */
function chainOf(actWidths: readonly number[]): QuantizedModel {
  return {
    name: 'mixed',
    arch: 'mixed',
    actWidth: Math.max(...actWidths),
    weightWidth: 8,
    input: {
      shape,
      width: 8,
      zeroPoint: 0,
      codes: Uint8Array.from({ length: 3 * 256 }, (_, i) => i % 256),
    },
    layers: actWidths.map((actWidth, index) => adderLayer(index, actWidth, allWidths[index])),
    provenance: {},
  };
}

test.each(allWidths)(
  'cosim() finds no difference in a chain of layers that begins with %i and 2 bits',
  async (first) => {
    // Seven rotations meet all 49 pairs.
    const model = chainOf(allWidths.map((_, index) => 2 + ((first - 2 + index) % 7)));
    expect(checkQuantized(model)).toEqual([]);
    const images = Uint8Array.from({ length: 3 * 36 }, (_, i) => (i * (7 * i + 89 + first)) % 256);
    // A map of one value would hide a wrong sum.
    const tensors = runGolden(model, inputCodes(model, images.subarray(2 * 36)));
    for (const values of tensors.values()) expect(new Set(values).size).toBeGreaterThan(4);
    const folder = mkdtempSync(join(tmpdir(), 'mixed-widths-'));
    try {
      const designDir = join(folder, 'design');
      await writeDesign(planDesign(model, { rows: 2, cols: 2, blockPixels: 4 }), designDir);
      const report = await cosim({
        designDir,
        images,
        count: 3,
        stallProbability: 0,
        seed: first,
        processes: 1,
        progress: silent,
      });
      expect(report.failures).toEqual([]);
      // A copy of the input, 7 layers of 36 values, 3 images; the last layer's leave by the stream, too.
      expect(report.valuesCompared).toBe((1 + 7 + 1) * 36 * 3);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  120_000,
);
