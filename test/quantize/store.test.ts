import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readModel, writeModel } from '../../src/model/store.ts';
import { checkQuantized } from '../../src/quantize/check-quantized.ts';
import { modelKind, readQuantized, writeQuantized } from '../../src/quantize/store.ts';
import type { Affine, QuantizedLayer, QuantizedModel } from '../../src/quantize/types.ts';
import { smallModel } from '../model/small-model.ts';

const affine = (channels: number): Affine => ({
  mean: new Int32Array(channels).fill(-300),
  mult: new Int32Array(channels).fill(-77),
  shift: new Uint8Array(channels).fill(9),
  bias: new Float64Array(channels).fill(2 ** 40 + 1),
});
const common = { padCode: 3, clampLow: 0, clampHigh: 15, outWidth: 4, outSigned: false };

/** 4 x 4 x 2 codes of 4 bits through an adder, a convolution with a residual, and a pool to signed 20 bits. */
function small(): QuantizedModel {
  const layers: QuantizedLayer[] = [
    {
      kind: 'adder',
      name: 'a',
      input: 'input',
      inputShape: [4, 4, 2],
      outputShape: [4, 4, 3],
      kernel: [3, 3],
      stride: 1,
      padding: 1,
      ...common,
      affine: affine(3),
      weights: Int16Array.from({ length: 54 }, (_, i) => i % 16),
      planes: 1,
      inputShift: 0,
      actWidth: 3,
      weightWidth: 4,
    },
    {
      kind: 'conv',
      name: 'c',
      input: 'a',
      inputShape: [4, 4, 3],
      outputShape: [4, 4, 3],
      kernel: [1, 1],
      stride: 1,
      padding: 0,
      ...common,
      affine: affine(3),
      residual: { input: 'a', zeroPoint: 5, mult: Int32Array.of(1, -2, 2 ** 23 - 1) },
      weights: Int16Array.of(-7, -5, -3, -1, 1, 3, 5, 7, 7),
      planes: 3,
      inputShift: 0,
    },
    {
      kind: 'sumPool',
      name: 'p',
      input: 'c',
      inputShape: [4, 4, 3],
      outputShape: [1, 1, 3],
      kernel: [4, 4],
      stride: 4,
      padding: 0,
      ...common,
      affine: affine(3),
      clampLow: -(2 ** 19),
      clampHigh: 2 ** 19 - 1,
      outWidth: 20,
      outSigned: true,
    },
  ];
  return {
    name: 'small',
    arch: 'by-hand',
    actWidth: 4,
    weightWidth: 5,
    input: {
      shape: [4, 4, 2],
      zeroPoint: 3,
      width: 4,
      codes: Uint8Array.from({ length: 512 }, (_, i) => (i % 256) >> 4),
    },
    layers,
    provenance: { source: 'test' },
  };
}

/** The small model with fields of one layer replaced. */
const withLayer = (index: number, change: object): QuantizedModel => {
  const model = small();
  const layers = model.layers.map((layer, i) =>
    i === index ? ({ ...layer, ...change } as QuantizedLayer) : layer,
  );
  return { ...model, layers };
};
const withAffine = (index: number, change: Partial<Affine>) =>
  withLayer(index, { affine: { ...affine(3), ...change } });

let folder: string;
let dir: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adderforge-qstore-'));
  dir = join(folder, 'small.qmodel');
});
afterEach(() => rm(folder, { recursive: true }));

describe('writeQuantized and readQuantized', () => {
  it('readQuantized() returns what writeQuantized() wrote', async () => {
    const model = small();
    await writeQuantized(model, dir);
    const back = await readQuantized(dir);
    expect(back).toEqual(model);
    expect(back.layers[0].affine.bias).toBeInstanceOf(Float64Array);
    expect(model).toEqual(small());
    expect(await modelKind(dir)).toBe('quantized');
    await writeQuantized(back, dir);
    expect(await readdir(folder)).toEqual(['small.qmodel']);
  });

  it('writeQuantized() and readQuantized() keep the two kinds apart', async () => {
    await writeQuantized(small(), dir);
    await expect(readModel(dir)).rejects.toThrow(/it is quantized\n {2}Name the float model/);
    await expect(writeModel(smallModel(), dir)).rejects.toThrow(/the folder is a quantized model/);
    const float = join(folder, 'small.model');
    await writeModel(smallModel(), float);
    await expect(readQuantized(float)).rejects.toThrow(/it is a float model\n {2}Quantize it/);
    await expect(writeQuantized(small(), float)).rejects.toThrow(/the folder is a float model/);
  });

  it('readQuantized() names tensors that do not fit when JSON and weights disagree', async () => {
    await writeQuantized(small(), dir);
    const path = join(dir, 'model.json');
    const json = await readFile(path, 'utf8');
    await writeFile(
      path,
      json.replace('"name": "c"', '"name": "d"').replace('"input": "c"', '"input": "d"'),
    );
    const error = await readQuantized(dir).catch((e) => e);
    // Six tensors of "d" are missing, six of "c" are left over.
    expect(error.issues.length).toBe(12);
    expect(error.message).toContain('tensor "d/residual.mult" is missing, I32 of 3 was expected');
    expect(error.message).toContain('tensor "c/weights" belongs to no layer');
  });

  it('readQuantized() refuses widths out of range', async () => {
    await writeQuantized(small(), dir);
    const path = join(dir, 'model.json');
    const json = await readFile(path, 'utf8');
    await writeFile(path, json.replace('"actWidth": 4', '"actWidth": 9'));
    await expect(readQuantized(dir)).rejects.toThrow(
      /"actWidth": Too big: expected number to be <=8/,
    );
    await writeFile(path, json.replace('"actWidth": 3', '"actWidth": 1'));
    await expect(readQuantized(dir)).rejects.toThrow(
      /"layers\[0\].actWidth" \("a"\): Too small: expected number to be >=2/,
    );
  });

  it('readQuantized() refuses the first version, whose layers had no widths', async () => {
    await writeQuantized(small(), dir);
    const path = join(dir, 'model.json');
    const json = await readFile(path, 'utf8');
    await writeFile(path, json.replace('"version": 2', '"version": 1'));
    await expect(readQuantized(dir)).rejects.toThrow('its version is "1", this program reads 2');
  });
});

describe('checkQuantized', () => {
  it('checkQuantized() finds nothing when every rule is kept', () => {
    expect(checkQuantized(small())).toEqual([]);
  });

  it.each<[string, QuantizedModel, string]>([
    [
      'activations wider than the array',
      withLayer(0, { actWidth: 5 }),
      "its actWidth is 5, the model's array has 4",
    ],
    [
      'weights wider than the array',
      withLayer(0, { weightWidth: 6 }),
      "its weightWidth is 6, the model's array has 5",
    ],
    [
      'an unknown input',
      withLayer(1, { input: 'p' }),
      'its input "p" is not the output of an earlier layer',
    ],
    [
      'a shape that is not its input’s',
      withLayer(1, { input: 'input' }),
      'its input "input" is 4 x 4 x 2, it says 4 x 4 x 3',
    ],
    [
      'a residual of another shape',
      withLayer(2, { residual: { input: 'a', zeroPoint: 0, mult: new Int32Array(3) } }),
      'its residual "a" is 4 x 4 x 3, it says 1 x 1 x 3',
    ],
    [
      'a window of another size',
      withLayer(0, { stride: 2 }),
      'its kernel of 3 x 3, stride 2 and padding 1 make 2 x 2 pixels, it says 4 x 4',
    ],
    [
      'a wide padding',
      withLayer(1, { padding: 1, outputShape: [6, 6, 3] }),
      'its padding of 1 is not smaller than its kernel of 1 x 1',
    ],
    [
      'a padding code beside the zero point',
      withLayer(0, { padCode: 2 }),
      "its padding code is 2, its input's zero point 3",
    ],
    [
      'a padding code of maxPool',
      withLayer(2, { kind: 'maxPool' }),
      'its padding code is 3, 0 is needed for maxPool',
    ],
    [
      'a padding code beyond the width',
      withLayer(1, { padCode: 16 }),
      'its padding code is 16, above 15',
    ],
    [
      'a pool that changes channels',
      withLayer(2, { outputShape: [1, 1, 2] }),
      'it pools 3 channels to 2',
    ],
    [
      'too few weights',
      withLayer(0, { weights: new Int16Array(53) }),
      'it has 53 weights, its shape needs 54',
    ],
    [
      'an adder weight beyond the width',
      withLayer(0, { weights: new Int16Array(54).fill(32) }),
      'it has weight code 32, 0 to 15 are possible',
    ],
    [
      'a negative adder weight',
      withLayer(0, { weights: new Int16Array(54).fill(-1) }),
      'it has weight code -1, 0 to 15 are possible',
    ],
    [
      'planes of an adder layer',
      withLayer(0, { planes: 2 }),
      'it has 2 planes, an adder layer has 1',
    ],
    [
      'a padding code of which bits are rounded away',
      withLayer(0, { padCode: 3, inputShift: 1 }),
      'its padding code 3 is no multiple of 2^1',
    ],
    [
      'an input shift of a multiplying layer',
      withLayer(1, { inputShift: 1 }),
      'its input shift is 1, a conv layer has 0',
    ],
    [
      'an even weight',
      withLayer(1, { weights: new Int16Array(9).fill(-2) }),
      'it has weight -2, odd integers of -7 to 7 are possible',
    ],
    [
      'a weight beyond its planes',
      withLayer(1, { weights: new Int16Array(9).fill(9) }),
      'it has weight 9, odd integers of -7 to 7 are possible',
    ],
    [
      'a multiplier of 16 bits',
      withAffine(1, { mult: new Int32Array(3).fill(-32768) }),
      'its mult has -32768, integers below 2^15 are possible',
    ],
    [
      'a shift of 23',
      withAffine(1, { shift: new Uint8Array(3).fill(23) }),
      'its shift has 23, 0 to 22 are possible',
    ],
    [
      'a fractional bias',
      withAffine(1, { bias: new Float64Array(3).fill(0.5) }),
      'its bias has 0.5, integers below 2^51 are possible',
    ],
    [
      'a bias that is no number',
      withAffine(1, { bias: new Float64Array(3).fill(Number.NaN) }),
      'its bias has NaN, integers below 2^51 are possible',
    ],
    [
      'constants of too few channels',
      withAffine(1, { mean: new Int32Array(2) }),
      'it has 2 values of mean, 3 channels',
    ],
    [
      'a residual multiplier of 24 bits',
      withLayer(1, {
        residual: { input: 'a', zeroPoint: 0, mult: new Int32Array(3).fill(2 ** 23) },
      }),
      'its residual mult has 8388608, integers below 2^23 are possible',
    ],
    [
      'a residual zero point beyond the width',
      withLayer(1, { residual: { input: 'a', zeroPoint: 16, mult: new Int32Array(3) } }),
      "its residual's zero point is 16, above 15",
    ],
    [
      'bounds beyond the output',
      withLayer(1, { clampHigh: 16 }),
      'its bounds are 0 to 16, its output holds 0 to 15',
    ],
    [
      'bounds the wrong way round',
      withLayer(1, { clampLow: 9, clampHigh: 8 }),
      'its bounds are 9 to 8, its output holds 0 to 15',
    ],
    [
      'a wide map that is read again',
      withLayer(1, { outWidth: 9 }),
      'its output has 9 unsigned bits, a map that is read again has at most 8 unsigned bits',
    ],
    ['a name twice', withLayer(1, { name: 'a' }), 'another map has the same name'],
    ['the input’s name', withLayer(1, { name: 'input' }), 'another map has the same name'],
    [
      'a layer that nobody reads',
      withLayer(2, { input: 'a' }),
      'no layer reads it, and it is not the last one',
    ],
  ])('checkQuantized() reports %s', (_, model, reason) => {
    const problems = checkQuantized(model).map(({ problem }) => problem.replace(/^.*?: /, ''));
    expect(problems).toContain(reason);
  });

  it('checkQuantized() reports input codes beyond the width and tables of another length', () => {
    const { input, ...rest } = small();
    const codes = new Uint8Array(512).fill(16);
    expect(checkQuantized({ ...rest, input: { ...input, codes } })[0].problem).toContain(
      'its input table has code 16, 4 bits hold 15',
    );
    const short = { ...input, codes: new Uint8Array(256) };
    expect(checkQuantized({ ...rest, input: short })[0].problem).toContain(
      'its input table has 256 codes, 2 channels need 512',
    );
  });

  it('checkQuantized() reports sums that a double cannot hold', () => {
    // 65536 channels, 4-bit codes, 15 planes: 2^16 * 2^4 * 2^15 * (2^15 - 1) is just below 2^50 for one tap, above 2^52 for nine.
    const wide = (side: number): QuantizedModel => {
      const model = small();
      const channels = 65_536;
      const layer: QuantizedLayer = {
        kind: 'conv',
        name: 'c',
        input: 'input',
        inputShape: [side, side, channels],
        outputShape: [1, 1, 1],
        kernel: [side, side],
        stride: 1,
        padding: 0,
        ...common,
        affine: {
          mean: new Int32Array(1),
          mult: Int32Array.of(32_767),
          shift: new Uint8Array(1),
          bias: new Float64Array(1),
        },
        weights: new Int16Array(side * side * channels).fill(1),
        planes: 15,
        inputShift: 0,
      };
      const codes = new Uint8Array(channels * 256);
      const input = { shape: [side, side, channels], width: 4, zeroPoint: 0, codes } as const;
      return { ...model, input, layers: [layer] };
    };
    expect(checkQuantized(wide(1))).toEqual([]);
    expect(checkQuantized(wide(3))[0].problem).toMatch(
      /its sums reach \d+, less than 2\^52 is possible/,
    );
  });
});
