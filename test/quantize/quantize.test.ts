import { describe, expect, it } from 'vitest';
import { inputCodes } from '../../src/golden/input-codes.ts';
import { runGolden } from '../../src/golden/run.ts';
import { DesignError } from '../../src/issues.ts';
import { evaluateFloat } from '../../src/kernels/evaluate-float.ts';
import { evaluateInteger } from '../../src/kernels/evaluate-integer.ts';
import type { FloatModel } from '../../src/model/types.ts';
import { checkQuantized } from '../../src/quantize/check-quantized.ts';
import { quantize } from '../../src/quantize/quantize.ts';
import type { QuantizedModel } from '../../src/quantize/types.ts';
import { widestOf } from '../../src/quantize/widths.ts';
import { asTrainingImages, type TrainingImages } from '../../src/training-images.ts';
import { randomSource } from '../random-source.ts';
import { buildGraph, type Line } from './build-graph.ts';
import { drawImages, fitBatchNorms, randomArchitecture } from './random-architecture.ts';

const blockLines: readonly Line[] = [
  ['stem', 'input', { kind: 'conv', filters: 8, size: 3, padding: 1, hasBias: true }],
  ['stem.bn', 'stem', { kind: 'batchNorm' }],
  ['stem.relu', 'stem.bn', { kind: 'relu' }],
  ['a', 'stem.relu', { kind: 'adderConv', filters: 12, size: 3, stride: 2, padding: 1 }],
  ['a.bn', 'a', { kind: 'batchNorm' }],
  ['a.relu', 'a.bn', { kind: 'relu' }],
  ['b', 'a.relu', { kind: 'adderConv', filters: 12, size: 3, padding: 1 }],
  ['b.bn', 'b', { kind: 'batchNorm' }],
  ['down', 'stem.relu', { kind: 'adderConv', filters: 12, size: 1, stride: 2 }],
  ['down.bn', 'down', { kind: 'batchNorm' }],
  ['sum', 'b.bn', { kind: 'add', to: 'down.bn' }],
  ['sum.relu', 'sum', { kind: 'relu' }],
  ['max', 'sum.relu', { kind: 'maxPool', size: 2, stride: 1 }],
  ['avg', 'max', { kind: 'avgPool', size: 2, stride: 2 }],
  ['lone', 'avg', { kind: 'add', to: 'avg' }],
  ['flat', 'lone', { kind: 'flatten' }],
  ['fc', 'flat', { kind: 'linear', filters: 6, from: 48 }],
  ['fc.bn', 'fc', { kind: 'batchNorm' }],
];

const training = (images: Uint8Array): TrainingImages =>
  asTrainingImages({ name: 'drawn', split: 'train', images });

async function block(): Promise<{ model: FloatModel; images: TrainingImages; count: number }> {
  const inputShape = [10, 10, 3] as const;
  const model = buildGraph(blockLines, { draw: randomSource(3), inputShape });
  const images = drawImages(inputShape, 48, 5);
  await fitBatchNorms(model, images, 48);
  return { model, images: training(images), count: 48 };
}

/** Share of the float outputs' variance that the integer outputs do not explain, on images not calibrated on. */
async function outputError(
  model: FloatModel,
  integer: QuantizedModel,
  count: number,
): Promise<number> {
  const images = drawImages(model.inputShape, count, 77);
  const f = await evaluateFloat({ model, images, count, threads: 1 });
  const a = await evaluateInteger({ model: integer, images, count, threads: 1 });
  const mean = (v: ArrayLike<number>) => Array.from(v).reduce((s, x) => s + x, 0) / v.length;
  const [meanF, meanA] = [mean(f), mean(a)];
  let [ff, aa, fa] = [0, 0, 0];
  for (let i = 0; i < f.length; i++) {
    ff += (f[i] - meanF) ** 2;
    aa += (a[i] - meanA) ** 2;
    fa += (f[i] - meanF) * (a[i] - meanA);
  }
  return 1 - (fa * fa) / (ff * aa);
}

describe('quantize()', () => {
  it('follows it better when sums, pools and images have more bits than operands', async () => {
    const { model, images, count } = await block();
    const errorOf = async (wide: {
      readonly inputWidth?: number;
      readonly storeWidth?: number;
    }) => {
      const request = { model, images, count, actWidth: 4, weightWidth: 4, ...wide };
      const { model: integer } = await quantize(request);
      expect(checkQuantized(integer)).toEqual([]);
      return { integer, error: await outputError(model, integer, 32) };
    };
    const plain = await errorOf({ inputWidth: 4, storeWidth: 4 });
    // What is chosen when nothing is said: 8 bits for the image, for sums and pools.
    const wide = await errorOf({});
    expect(wide.error).toBeLessThan(0.7 * plain.error);
    expect(wide.integer.input.width).toBe(8);
    // Nothing but adder layers reads stem and a; the other maps meet sums and pools, the last one is the output.
    const widths = wide.integer.layers.map(({ name, outWidth }) => `${name} ${outWidth}`);
    expect(widths).toEqual(['stem 4', 'a 4', 'b 8', 'down 8', 'max 8', 'avg 8', 'lone 8', 'fc 16']);
  });

  it.each([
    { actWidth: 8, weightWidth: 8, limit: 0.0015 },
    { actWidth: 6, weightWidth: 6, limit: 0.015 },
    { actWidth: 4, weightWidth: 4, limit: 0.2 },
    { actWidth: 8, weightWidth: 4, limit: 0.03 },
    { actWidth: 5, weightWidth: 7, limit: 0.06 },
  ])(
    'follows the float network when activations have $actWidth and weights $weightWidth bits',
    async ({ actWidth, weightWidth, limit }) => {
      const { model, images, count } = await block();
      const { model: integer } = await quantize({ model, images, count, actWidth, weightWidth });
      expect(checkQuantized(integer)).toEqual([]);
      const error = await outputError(model, integer, 32);
      expect(error).toBeLessThan(limit);
    },
  );

  it('gives adder layers their own widths and stores what the widest reader takes', async () => {
    const { model, images, count } = await block();
    const layerWidths = new Map([
      ['a', { actWidth: 6, weightWidth: 3 }],
      ['b', { actWidth: 2, weightWidth: 5 }],
      ['down', { actWidth: 3, weightWidth: 4 }],
    ]);
    const widths = widestOf(layerWidths);
    expect(widths).toEqual({ actWidth: 6, weightWidth: 5 });
    const { model: integer, report } = await quantize({
      ...{ model, images, count, layerWidths },
      ...widths,
    });
    expect(checkQuantized(integer)).toEqual([]);
    const adders = integer.layers.flatMap((layer) => (layer.kind === 'adder' ? [layer] : []));
    for (const { name, actWidth, weightWidth, weights } of adders) {
      expect({ actWidth, weightWidth }).toEqual(layerWidths.get(name));
      expect(Math.max(...weights)).toBeLessThan(2 ** weightWidth);
    }
    // a reads 6 bits of the stem, down 3 of the same map: it leaves 3 away, or less.
    const [a, , down] = ['a', 'b', 'down'].map((name) => adders.find((at) => at.name === name)!);
    expect(integer.layers[0].outWidth).toBe(6);
    expect([a.inputShift, down.inputShift <= 3]).toEqual([0, true]);
    const golden = runGolden(integer, inputCodes(integer, images.subarray(0, 300)));
    const fast = await evaluateInteger({ model: integer, images, count: 1, threads: 1 });
    expect([...golden.values()].at(-1)).toEqual(fast);
    expect(await outputError(model, integer, 32)).toBeLessThan(0.6);
    expect(report.layers.find(({ name }) => name === 'b')).toMatchObject({
      actWidth: 2,
      weightWidth: 5,
    });
  });

  it('reports the network as it stands after each pass', async () => {
    const { model, images, count } = await block();
    const { report } = await quantize({ model, images, count, actWidth: 4, weightWidth: 4 });
    const { passes, measuredImages, divergence } = report;
    const names = ['calibrate', 'choose ranges', 'clamp', 'round', 'correct', 'freeze'];
    expect(passes.map(({ name }) => name)).toEqual(names);
    expect(measuredImages).toBe(count);
    const error = Object.fromEntries(passes.map((pass) => [pass.name, pass.error]));
    expect(error['choose ranges']).toBeLessThan(error.calibrate);
    expect(error.clamp).toBe(error['choose ranges']);
    expect(error.correct).toBeLessThan(error.round);
    expect(error.freeze).toBeCloseTo(error.correct, 2);
    // All images are measured here, so the last pass is the whole report.
    expect(passes.at(-1)!.divergence).toBe(divergence);
  });

  it('warns of adder layers that read a map without a lower bound', async () => {
    const lines: Line[] = [
      ['stem', 'input', { kind: 'conv', filters: 4, size: 3, padding: 1 }],
      ['stem.bn', 'stem', { kind: 'batchNorm' }],
      ['a', 'stem.bn', { kind: 'adderConv', filters: 4, size: 3 }],
      ['a.bn', 'a', { kind: 'batchNorm' }],
    ];
    const inputShape = [6, 6, 3] as const;
    const model = buildGraph(lines, { draw: randomSource(3), inputShape });
    const images = training(drawImages(inputShape, 16, 5));
    await fitBatchNorms(model, images, 16);
    const { report } = await quantize({ model, images, count: 16, actWidth: 8, weightWidth: 8 });
    const least = report.layers[0].range[0];
    expect(least).toBeLessThan(0);
    expect(report.warnings).toEqual([
      `Adder layer "a" reads "stem", which no rectifier bounds: values below ${least.toPrecision(3)} are clipped`,
    ]);
  });

  it.each([
    { name: 'lenet5-bn', count: 32, limit: 0.001 },
    { name: 'resnet20', count: 8, limit: 0.005 },
  ])('follows the float network when $name has random weights', async ({ name, count, limit }) => {
    const model = randomArchitecture(name, randomSource(11));
    const images = training(drawImages(model.inputShape, count, 6));
    await fitBatchNorms(model, images, count);
    const widths = { actWidth: 8, weightWidth: 8 };
    const { model: integer, report } = await quantize({
      model,
      images,
      count,
      ...widths,
      threads: 1,
    });
    expect(checkQuantized(integer)).toEqual([]);
    expect(report.layers).toHaveLength(integer.layers.length);
    const error = await outputError(model, integer, 8);
    expect(error).toBeLessThan(limit);
  });

  it('follows the float network when it is built like VGG-small', async () => {
    const conv = (filters: number) =>
      ({ kind: 'adderConv', filters, size: 3, padding: 1 }) as const;
    const lines: Line[] = [
      ['c1', 'input', { ...conv(8), kind: 'conv' }],
      ['n1', 'c1', { kind: 'batchNorm' }],
      ['r1', 'n1', { kind: 'relu' }],
      ['c2', 'r1', conv(8)],
      ['n2', 'c2', { kind: 'batchNorm' }],
      ['r2', 'n2', { kind: 'relu' }],
      ['p2', 'r2', { kind: 'maxPool', size: 2, stride: 2 }],
      ['c3', 'p2', conv(16)],
      ['n3', 'c3', { kind: 'batchNorm' }],
      ['r3', 'n3', { kind: 'relu' }],
      ['p3', 'r3', { kind: 'maxPool', size: 2, stride: 2 }],
      ['flat', 'p3', { kind: 'flatten' }],
      ['fc', 'flat', { kind: 'linear', filters: 5, from: 144 }],
    ];
    const model = buildGraph(lines, { draw: randomSource(2), inputShape: [12, 12, 3] });
    const images = training(drawImages(model.inputShape, 32, 5));
    await fitBatchNorms(model, images, 32);
    const widths = { actWidth: 8, weightWidth: 8 };
    const { model: integer } = await quantize({ model, images, count: 32, ...widths });
    expect(checkQuantized(integer)).toEqual([]);
    expect(integer.layers.map(({ kind }) => kind).join(' ')).toBe(
      'conv adder maxPool adder maxPool conv',
    );
    // A pool keeps the coding of what it reads: its constants pass codes through, 2^14 / 2^14.
    const { affine } = integer.layers[2];
    expect([affine.mult[3], affine.shift[3], affine.bias[3]]).toEqual([2 ** 14, 14, 0]);
    expect(await outputError(model, integer, 32)).toBeLessThan(0.005);
  });

  it('gives a network that the golden model runs as the kernels do', async () => {
    const { model, images, count } = await block();
    const { model: integer } = await quantize({
      model,
      images,
      count,
      actWidth: 5,
      weightWidth: 6,
    });
    const fast = await evaluateInteger({ model: integer, images, count: 3, threads: 1 });
    for (const image of [0, 1, 2]) {
      const codes = inputCodes(integer, images.subarray(image * 300, (image + 1) * 300));
      const logits = runGolden(integer, codes).get('fc')!;
      expect([...logits]).toEqual([...fast.subarray(image * 6, (image + 1) * 6)]);
    }
  });

  it('gives the same network and leaves its inputs alone when run twice', async () => {
    const { model, images, count } = await block();
    const before = structuredClone({ model, images });
    const request = { model, images, count, actWidth: 6, weightWidth: 6 };
    const first = await quantize({ ...request, threads: 2 });
    expect({ model, images }).toEqual(before);
    expect(await quantize({ ...request, threads: 1 })).toEqual(first);
  });

  it('reports progress up to the end, agreement, and what is unusual', async () => {
    const { model, images, count } = await block();
    const withoutNorm: FloatModel = {
      ...model,
      nodes: model.nodes
        .filter(({ name }) => name !== 'a.bn')
        .map((node) => (node.name === 'a.relu' ? { ...node, input: 'a' } : node)) as never,
    };
    // A stem channel without weights is the same everywhere.
    withoutNorm.tensors.get('stem.w')!.data.fill(0, 0, 27);
    const steps: number[] = [];
    const { report } = await quantize({
      model: withoutNorm,
      images,
      count,
      actWidth: 8,
      weightWidth: 8,
      progress: (done, total) => steps.push(done / total),
    });
    expect(steps.at(-1)).toBe(1);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(report.agreement).toBeGreaterThan(80);
    expect(report.warnings).toContain(
      'Layer "stem" has channels that are the same on all images: 1 of 8',
    );
    expect(report.warnings).toContain(
      'Adder layer "a" has no batch normalization behind it: its sums are scaled as they are',
    );
  });

  it('refuses widths, counts and sizes all at once', async () => {
    const { model, images } = await block();
    await expect(
      quantize({ model, images, count: 3, actWidth: 9, weightWidth: 2.5 }),
    ).rejects.toThrow(
      new DesignError([
        {
          problem: 'Cannot quantize to 9 bits: activations take 2 to 8 bits',
          remedy: 'Choose a whole number from 2 to 8',
        },
        {
          problem: 'Cannot quantize to 2.5 bits: weights take 2 to 8 bits',
          remedy: 'Choose a whole number from 2 to 8',
        },
        {
          problem: 'Cannot calibrate on 3 images: at least 8 are needed',
          remedy: 'Use more training images; 512 are a good number',
        },
        {
          // 48 images of 10 x 10 x 3 bytes, said to be 3.
          problem:
            "Cannot calibrate on 3 images of 4800 bytes: the network's input of 10 x 10 x 3 takes 300",
          remedy: 'Use the data set that the network was trained on',
        },
      ]),
    );
  });

  it('refuses widths of layers that cannot be met', async () => {
    const { model, images, count } = await block();
    const layerWidths = new Map([
      ['stem', { actWidth: 4, weightWidth: 4 }],
      ['a', { actWidth: 6, weightWidth: 1 }],
    ]);
    const request = { model, images, count, actWidth: 5, weightWidth: 5, layerWidths };
    await expect(quantize(request)).rejects.toThrow(
      new DesignError([
        {
          problem:
            'Cannot give layer "stem" widths of its own: it is no adder layer of this network',
          remedy: 'Name adder layers only; all other layers follow from them',
        },
        {
          problem: 'Cannot quantize layer "a" with actWidth 6: 2 to 5 bits are possible',
          remedy: "Choose whole numbers, and the widest layer's as actWidth of the network",
        },
        {
          problem: 'Cannot quantize layer "a" with weightWidth 1: 2 to 5 bits are possible',
          remedy: "Choose whole numbers, and the widest layer's as weightWidth of the network",
        },
      ]),
    );
  });

  it('refuses a network whose sums leave all bounds', async () => {
    const { model, images, count } = await block();
    // Finite weights whose sums are not: 3e38 is the largest float.
    const tensors = new Map(model.tensors);
    const { shape, data } = tensors.get('a.w')!;
    tensors.set('a.w', { shape, data: data.map((w, i) => (i < 108 ? 3e38 : w)) });
    const request = { model: { ...model, tensors }, images, count, actWidth: 8, weightWidth: 8 };
    await expect(quantize(request)).rejects.toThrow(
      'Cannot quantize layer "a": the sums of 2 of its 12 channels are not finite on the calibration images',
    );
  });

  it('refuses stored maps narrower than operands and wider than bytes', async () => {
    const { model, images, count } = await block();
    const request = { model, images, count, actWidth: 5, weightWidth: 5 };
    await expect(quantize({ ...request, storeWidth: 4, inputWidth: 9 })).rejects.toThrow(
      new DesignError([
        {
          problem: 'Cannot quantize the input to 9 bits: activations have 5, 8 are possible',
          remedy: 'Choose a whole number from 5 to 8',
        },
        {
          problem: 'Cannot quantize stored maps to 4 bits: activations have 5, 8 are possible',
          remedy: 'Choose a whole number from 5 to 8',
        },
      ]),
    );
  });

  it('refuses more images than memory holds before it takes any', async () => {
    const { model } = await block();
    // The widest map has 10 x 10 x 8 = 800 codes: 2^31 / 3200 = 671,088 images.
    const images = training({ length: 700_000 * 300 } as Uint8Array);
    const request = { model, images, count: 700_000, actWidth: 8, weightWidth: 8 };
    await expect(quantize(request)).rejects.toThrow(
      'Cannot calibrate on 700000 images: maps of 800 codes leave room for 671088',
    );
  });
});
