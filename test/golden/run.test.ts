import { describe, expect, it } from 'vitest';
import { runGolden } from '../../src/golden/run.ts';
import type { AdderLayer, Affine, QuantizedLayer, QuantizedModel } from '../../src/quantize/types.ts';

/** Constants that pass the accumulator through. */
function identity(channels: number): Affine {
  return {
    mean: new Int32Array(channels),
    mult: new Int32Array(channels).fill(1),
    shift: new Uint8Array(channels),
    bias: new Float64Array(channels),
  };
}

function modelOf(layers: QuantizedLayer[]): QuantizedModel {
  return {
    name: 'hand',
    arch: 'hand',
    actWidth: 8,
    weightWidth: 8,
    input: { shape: layers[0].inputShape, width: 8, zeroPoint: 0, codes: new Uint8Array(256) },
    layers,
    provenance: {},
  };
}

const wide = { clampLow: -32768, clampHigh: 32767, outWidth: 16, outSigned: true };

describe('runGolden()', () => {
  it('sums absolute differences over a padded window when the layer is an adder', () => {
    // 2x2 map of one channel, kernel 3x3, padding 1 reading 10. Weights 0..8.
    const model = modelOf([
      {
        name: 'a',
        kind: 'adder',
        input: 'input',
        inputShape: [2, 2, 1],
        outputShape: [2, 2, 1],
        kernel: [3, 3],
        stride: 1,
        padding: 1,
        padCode: 10,
        weights: Int16Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8),
        planes: 1,
        inputShift: 0,
        actWidth: 8,
        weightWidth: 8,
        affine: identity(1),
        ...wide,
      },
    ]);
    const out = runGolden(model, Uint8Array.of(1, 20, 3, 4)).get('a')!;
    // Top left sees 10 10 10 / 10 1 20 / 10 3 4: 10+9+8 + 7+3+15 + 4+4+4 = 64
    // Top right sees 10 10 10 / 1 20 10 / 3 4 10: 10+9+8 + 2+16+5 + 3+3+2 = 58
    // Bottom left sees 10 1 20 / 10 3 4 / 10 10 10: 10+0+18 + 7+1+1 + 4+3+2 = 46
    // Bottom right sees 1 20 10 / 3 4 10 / 10 10 10: 1+19+8 + 0+0+5 + 4+3+2 = 42
    expect([...out]).toEqual([64, 58, 46, 42]);
  });

  it('brings both codes to the wider operand when the widths differ', () => {
    const layer: AdderLayer = {
      name: 'a',
      kind: 'adder',
      input: 'input',
      inputShape: [1, 1, 2],
      outputShape: [1, 1, 1],
      kernel: [1, 1],
      stride: 1,
      padding: 0,
      padCode: 0,
      weights: Int16Array.of(11, 2),
      planes: 1,
        inputShift: 0,
      actWidth: 8,
      weightWidth: 8,
      affine: identity(1),
      ...wide,
    };
    // actWidth 8, weightWidth 4: 11 = 1011 repeats to 10111011 = 187, 2 = 0010 to 00100010 = 34.
    // |200 - 187| + |30 - 34| = 17
    const narrowWeights = modelOf([{ ...layer, actWidth: 8, weightWidth: 4 }]);
    expect([...runGolden(narrowWeights, Uint8Array.of(200, 30)).get('a')!]).toEqual([17]);
    // actWidth 4, weightWidth 6: activations times 4. |4*3 - 11| + |4*15 - 2| = 1 + 58 = 59
    const wideWeights = modelOf([{ ...layer, actWidth: 4, weightWidth: 6 }]);
    expect([...runGolden(wideWeights, Uint8Array.of(3, 15)).get('a')!]).toEqual([59]);
  });

  it('rounds stored bits away and saturates where a map has more bits than an adder layer reads', () => {
    const layer: AdderLayer = {
      name: 'a',
      kind: 'adder',
      input: 'input',
      inputShape: [1, 1, 2],
      outputShape: [1, 1, 1],
      kernel: [1, 1],
      stride: 1,
      padding: 0,
      padCode: 0,
      weights: Int16Array.of(11, 2),
      planes: 1,
      inputShift: 2,
      actWidth: 8,
      weightWidth: 8,
      affine: identity(1),
      ...wide,
    };
    // Codes of 6 bits, operands of 4: 30 / 4 = 7.5 rounds to 8, 62 / 4 = 15.5 to 16 and saturates to 15.
    // |8 - 11| + |15 - 2| = 16
    const model = modelOf([{ ...layer, actWidth: 4, weightWidth: 4 }]);
    expect([...runGolden(model, Uint8Array.of(30, 62)).get('a')!]).toEqual([16]);
    // One bit only: 15 and 31, which saturates to 15. |15 - 11| + |15 - 2| = 17
    const half = modelOf([{ ...layer, inputShift: 1, actWidth: 4, weightWidth: 4 }]);
    expect([...runGolden(half, Uint8Array.of(30, 62)).get('a')!]).toEqual([17]);
  });

  it('repeats the bits of weights of 2 and 3 bits as often as operands of 8 bits need them', () => {
    const layer: AdderLayer = {
      name: 'a',
      kind: 'adder',
      input: 'input',
      inputShape: [1, 1, 1],
      outputShape: [1, 1, 1],
      kernel: [1, 1],
      stride: 1,
      padding: 0,
      padCode: 0,
      weights: Int16Array.of(2),
      planes: 1,
      inputShift: 0,
      actWidth: 8,
      weightWidth: 8,
      affine: identity(1),
      ...wide,
    };
    // 10 becomes 10101010 = 170, 101 becomes 10110110 = 182.
    const two = modelOf([{ ...layer, actWidth: 8, weightWidth: 2 }]);
    expect([...runGolden(two, Uint8Array.of(0)).get('a')!]).toEqual([170]);
    const three = modelOf([{ ...layer, weights: Int16Array.of(5), actWidth: 8, weightWidth: 3 }]);
    expect([...runGolden(three, Uint8Array.of(0)).get('a')!]).toEqual([182]);
  });

  it('gives each adder layer its own widths', () => {
    const first: AdderLayer = {
      name: 'a',
      kind: 'adder',
      input: 'input',
      inputShape: [1, 1, 2],
      outputShape: [1, 1, 2],
      kernel: [1, 1],
      stride: 1,
      padding: 0,
      padCode: 0,
      weights: Int16Array.of(1, 6, 3, 0),
      planes: 1,
      inputShift: 2,
      actWidth: 2,
      weightWidth: 3,
      affine: identity(2),
      clampLow: 0,
      clampHigh: 63,
      outWidth: 6,
      outSigned: false,
    };
    const second: AdderLayer = {
      ...first,
      name: 'b',
      input: 'a',
      weights: Int16Array.of(2, 1, 3, 0),
      inputShift: 0,
      actWidth: 5,
      weightWidth: 2,
      ...wide,
    };
    const maps = runGolden(modelOf([first, second]), Uint8Array.of(5, 15));
    // 2 bits of activations: 5 / 4 = 1.25 rounds to 1, 15 / 4 = 3.75 to 4 and saturates to 3. Weights of 3 bits
    // are a grid twice as fine: operands 2 and 6. |2 - 1| + |6 - 6| = 1, |2 - 3| + |6 - 0| = 7
    expect([...maps.get('a')!]).toEqual([1, 7]);
    // 5 bits: 1 and 7 as they are. Weights of 2 bits repeat: 10 is 10101 = 21, 01 is 01010 = 10, 11 is 31.
    // |1 - 21| + |7 - 10| = 23, |1 - 31| + |7 - 0| = 37
    expect([...maps.get('b')!]).toEqual([23, 37]);
  });

  it('walks OHWI weights, strides and channels when the layer is a convolution', () => {
    // 2x3 map, 2 channels; kernel 1x2, stride 2 keeps rows 0, columns 0; two output channels.
    const model = modelOf([
      {
        name: 'c',
        kind: 'conv',
        input: 'input',
        inputShape: [2, 3, 2],
        outputShape: [1, 1, 2],
        kernel: [1, 2],
        stride: 2,
        padding: 0,
        padCode: 0,
        weights: Int16Array.of(1, -3, 5, 7, -1, -1, 255, -255),
        planes: 8,
        inputShift: 0,
        affine: identity(2),
        ...wide,
      },
    ]);
    const out = runGolden(model, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)).get('c')!;
    // Window 1 2 3 4: 1 - 6 + 15 + 28 = 38; -1 - 2 + 765 - 1020 = -258
    expect([...out]).toEqual([38, -258]);
  });

  it('applies mean, multiplier, residual, bias, rounding and clamp when a layer has them', () => {
    const pool = {
      kind: 'sumPool',
      inputShape: [1, 1, 2],
      outputShape: [1, 1, 2],
      kernel: [1, 1],
      stride: 1,
      padding: 0,
      padCode: 0,
    } as const;
    const model = modelOf([
      {
        name: 'first',
        ...pool,
        input: 'input',
        affine: {
          mean: Int32Array.of(100, 0),
          mult: Int32Array.of(-3, 5),
          shift: Uint8Array.of(2, 0),
          bias: Float64Array.of(1, -1000),
        },
        clampLow: 7,
        clampHigh: 255,
        outWidth: 8,
        outSigned: false,
      },
      {
        name: 'second',
        ...pool,
        input: 'first',
        affine: identity(2),
        residual: { input: 'input', zeroPoint: 4, mult: Int32Array.of(2, -1) },
        ...wide,
      },
    ]);
    const tensors = runGolden(model, Uint8Array.of(90, 200));
    // Channel 0: (90 - 100) * -3 + 1 = 31, 31 / 4 = 7.75 -> 8. Channel 1: 1000 - 1000 = 0 -> clampLow 7.
    expect([...tensors.get('first')!]).toEqual([8, 7]);
    // 8 + (90 - 4) * 2 = 180; 7 + (200 - 4) * -1 = -189
    expect([...tensors.get('second')!]).toEqual([180, -189]);
    expect([...tensors.keys()]).toEqual(['input', 'first', 'second']);
  });

  it('rounds halves upwards when the value is negative', () => {
    const model = modelOf([
      {
        name: 'p',
        kind: 'sumPool',
        input: 'input',
        inputShape: [1, 1, 1],
        outputShape: [1, 1, 1],
        kernel: [1, 1],
        stride: 1,
        padding: 0,
        padCode: 0,
        affine: { ...identity(1), mult: Int32Array.of(-1), shift: Uint8Array.of(1) },
        ...wide,
      },
    ]);
    // -5 / 2 = -2.5 -> -2 (towards plus infinity)
    expect([...runGolden(model, Uint8Array.of(5)).get('p')!]).toEqual([-2]);
  });

  it('takes the maximum and the sum channel by channel when the layer pools', () => {
    const pool = {
      input: 'input',
      inputShape: [3, 3, 2],
      outputShape: [2, 2, 2],
      kernel: [2, 2],
      stride: 2,
      padding: 1,
      affine: identity(2),
      ...wide,
    } as const;
    const model = modelOf([
      { name: 'max', kind: 'maxPool', padCode: 0, ...pool },
      { name: 'sum', kind: 'sumPool', padCode: 50, ...pool },
    ]);
    // Channel 0 counts 1..9, channel 1 is 100 - that.
    const codes = Uint8Array.from({ length: 18 }, (_, i) =>
      i % 2 === 0 ? i / 2 + 1 : 100 - (i + 1) / 2,
    );
    const tensors = runGolden(model, codes);
    // Windows of channel 0: {1}, {2, 3}, {4, 7}, {5, 6, 8, 9}.
    expect([...tensors.get('max')!]).toEqual([1, 99, 3, 98, 7, 96, 9, 95]);
    // Padded taps read 50: 1+150, 2+3+100, 4+7+100, 28; channel 1: 99+150, 98+97+100, 96+93+100, 372.
    expect([...tensors.get('sum')!]).toEqual([151, 249, 105, 295, 111, 289, 28, 372]);
  });
});
