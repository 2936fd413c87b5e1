import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { inputCodes } from '../../src/golden/input-codes.ts';
import { runGolden } from '../../src/golden/run.ts';
import { accumulate } from '../../src/golden/run-layer.ts';
import { readWindow, windowLength } from '../../src/golden/window.ts';
import { compileKernels } from '../../src/kernels/instance.ts';
import { createIntegerEngine } from '../../src/kernels/integer-engine.ts';
import type { KernelModule } from '../../src/kernels/web-assembly.ts';
import type { AdderLayer, QuantizedLayer, QuantizedModel } from '../../src/quantize/types.ts';
import { randomCases } from '../random-network.ts';
import { drawImage, drawQuantizedModel, draws } from './random-networks.ts';

let module: KernelModule;
beforeAll(async () => {
  module = await compileKernels();
});

/** Every tensor of one image from the kernels, by `name` and `name accumulator`. */
function runKernels(model: QuantizedModel, image: Uint8Array): Map<string, Int32Array> {
  const outputs = ['input', ...model.layers.map(({ name }) => name)].map(
    (name) => ({ name, stage: 'output' }) as const,
  );
  const sums = model.layers.map(({ name }) => ({ name, stage: 'accumulator' }) as const);
  const taps = [...outputs, ...sums];
  const engine = createIntegerEngine(module, model, taps);
  const found = new Map<string, Int32Array>();
  const keep = (index: number, values: ArrayLike<number>): void => {
    const { name, stage } = taps[index];
    found.set(stage === 'output' ? name : `${name} accumulator`, Int32Array.from(values));
  };
  engine.run(
    image.map((byte) => 255 - byte),
    keep,
  ); // another image first: nothing of it may stay
  engine.run(image, keep);
  return found;
}

function goldenSums(layer: QuantizedLayer, map: Int32Array): Int32Array {
  const [rows, cols, channels] = layer.outputShape;
  const window = new Int32Array(windowLength(layer));
  const sums: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      readWindow(layer, map, { row, col }, window);
      for (let c = 0; c < channels; c++) sums.push(accumulate(layer, window, c));
    }
  }
  return Int32Array.from(sums);
}

function oneLayer(layer: Partial<AdderLayer>): QuantizedModel {
  const shape = [1, 1, 3] as const;
  const codes = Uint8Array.from({ length: 768 }, (_, i) => i % 256);
  return {
    name: 'one',
    arch: 'one',
    actWidth: 8,
    weightWidth: 8,
    input: { shape, width: 8, zeroPoint: 0, codes },
    provenance: {},
    layers: [
      {
        name: 'only',
        kind: 'adder',
        input: 'input',
        inputShape: shape,
        outputShape: [1, 1, 1],
        kernel: [1, 1],
        stride: 1,
        padding: 0,
        padCode: 0,
        planes: 1,
        inputShift: 0,
        actWidth: 8,
        weightWidth: 8,
        weights: Int16Array.of(10, 200, 255),
        affine: {
          mean: Int32Array.of(100),
          mult: Int32Array.of(-3),
          shift: Uint8Array.of(1),
          bias: Float64Array.of(600),
        },
        clampLow: -100,
        clampHigh: 300,
        outWidth: 16,
        outSigned: true,
        ...layer,
      },
    ],
  };
}

function compareWithGolden(model: QuantizedModel, image: Uint8Array): void {
  const golden = runGolden(model, inputCodes(model, image));
  const found = runKernels(model, image);
  for (const [name, codes] of golden) expect(found.get(name), name).toEqual(codes);
  for (const layer of model.layers) {
    const sums = goldenSums(layer, golden.get(layer.input)!);
    expect(found.get(`${layer.name} accumulator`), layer.name).toEqual(sums);
  }
}

describe('createIntegerEngine', () => {
  it('createIntegerEngine() sums absolute differences when the layer is an adder', () => {
    const found = runKernels(oneLayer({}), Uint8Array.of(0, 255, 128));
    // |0-10| + |255-200| + |128-255| = 10 + 55 + 127 = 192
    expect(found.get('only accumulator')).toEqual(Int32Array.of(192));
    // u = (192 - 100) * -3 + 600 = 324; floor((324 + 1) / 2) = 162
    expect(found.get('only')).toEqual(Int32Array.of(162));
  });

  it('createIntegerEngine() rounds halves upwards when the shifted value is negative', () => {
    const affine = oneLayer({}).layers[0].affine;
    const found = runKernels(
      oneLayer({ affine: { ...affine, bias: Float64Array.of(251) } }),
      Uint8Array.of(0, 255, 128),
    );
    // u = -276 + 251 = -25; -12.5 rounds to -12
    expect(found.get('only')).toEqual(Int32Array.of(-12));
  });

  it('createIntegerEngine() stays exact when a row is longer than 16-bit lanes hold', () => {
    const channels = 20_000;
    const shape = [1, 1, channels] as const;
    const base = oneLayer({
      inputShape: shape,
      weights: new Int16Array(channels).fill(255, 1),
      clampHigh: 2 ** 30,
      affine: {
        mean: Int32Array.of(0),
        mult: Int32Array.of(1),
        shift: Uint8Array.of(0),
        bias: Float64Array.of(0),
      },
    });
    const codes = Uint8Array.from({ length: channels * 256 }, (_, i) => i % 256);
    const model = { ...base, input: { shape, width: 8, zeroPoint: 0, codes } };
    // |255 - 0| + 19,999 * |255 - 255| = 255, from minima of 255 each: the fastest way to fill a lane
    const found = runKernels(model, new Uint8Array(channels).fill(255));
    expect(found.get('only')).toEqual(Int32Array.of(255));
  });

  it('createIntegerEngine() equals runGolden() in every tensor when networks are random', () => {
    fc.assert(
      fc.property(randomCases, ({ model, images }) => {
        const [rows, cols, channels] = model.input.shape;
        compareWithGolden(model, images.slice(0, rows * cols * channels));
      }),
      { numRuns: 150 },
    );
  });

  it('createIntegerEngine() equals runGolden() in every tensor when constants are extreme', () => {
    fc.assert(
      fc.property(draws, (draw) => {
        const model = drawQuantizedModel(draw);
        compareWithGolden(model, drawImage(draw, model.input.shape));
      }),
      { numRuns: 150 },
    );
  });

  it('createIntegerEngine() refuses to read a wide map when it is not the output', () => {
    const model = oneLayer({});
    const second = { ...model.layers[0], name: 'second', input: 'only' };
    const layers = [...model.layers, second];
    expect(() => createIntegerEngine(module, { ...model, layers }, [])).toThrow(
      'internal: layer "second" cannot read "only" as a map of bytes',
    );
  });
});
