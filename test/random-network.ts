/**
 * @file Small random quantized networks that keep every rule of `src/quantize/types.ts`.
 *
 * One seed makes one network, so a failure is repeated from the seed alone. Affine constants are drawn
 * around the accumulator's expected centre and spread: most outputs lie inside the clamp bounds and a
 * wrong sum therefore shows. The work is bounded, so that a 1x1 grid finishes too.
 */
import fc from 'fast-check';
import type { HardwareConfig } from '../generator/config.ts';
import { type ElementConfig, elementForms } from '../generator/element.ts';
import type { OperandWidths } from '../src/fixed/operand.ts';
import { INPUT, type MapShape } from '../src/model/types.ts';
import type { InputCodes, QuantizedLayer, QuantizedModel } from '../src/quantize/types.ts';
import { drawConstants, expectedSums, type OutputCode } from './random-affine.ts';
import { type RandomSource, randomSource } from './random-source.ts';
import { drawWindow, shapeKeepingWindow } from './random-window.ts';

/** A network, a grid to run it on and images to run through it. */
export interface RandomCase {
  readonly seed: number;
  readonly model: QuantizedModel;
  readonly hardware: HardwareConfig;
  /** `count` images of input bytes, channels last; all-zero and all-255 images among them. */
  readonly images: Uint8Array;
  readonly count: number;
}

/** Random cases for fast-check; not shrunk, since a smaller seed is not a smaller network. */
export const randomCases: fc.Arbitrary<RandomCase> = fc.noShrink(
  fc.integer({ min: 0, max: 2 ** 31 - 1 }).map(randomCase),
);

/** Make the case of a seed. */
export function randomCase(seed: number): RandomCase {
  const random = randomSource(seed);
  const grid = drawHardware(random);
  const drawn = drawElement(randomSource(~seed), grid);
  const weightMemory = drawnMemory(seed);
  // Packed weights come one a cycle.
  const element = weightMemory === 'packed' ? { ...drawn, vectorRows: 1 } : drawn;
  const hardware = { ...grid, ...element, weightMemory };
  const model = drawModel(random, { name: `random-${seed}`, slots: hardware.rows * hardware.cols });
  const count = random.integer(1, 3);
  return { seed, model, hardware, images: drawImages(random, model.input.shape, count), count };
}

/** From a source of its own, so that the networks stay what they were before there were elements to choose from. */
function drawElement(
  random: RandomSource,
  { rows, cols }: { readonly rows: number; readonly cols: number },
): ElementConfig {
  const divisors = (side: number, of: readonly number[]) => of.filter((n) => side % n === 0);
  return {
    element: random.pick(elementForms),
    vectorRows: random.pick(divisors(rows, [1, 2, 4])),
    actSpan: random.pick(divisors(cols, [1, 2, 3, 4, 5, 6, 7, 8])),
    shadowWeights: random.chance(0.4),
    registeredDifference: random.chance(0.7),
    complementedWeights: random.chance(0.5),
  };
}

/** By the seed alone, and not with the period of the stalls (test/property). */
function drawnMemory(seed: number): HardwareConfig['weightMemory'] {
  return (['packed', 'plain', 'packed', 'auto'] as const)[seed % 4]!;
}

function drawHardware(
  random: RandomSource,
): Pick<HardwareConfig, 'rows' | 'cols' | 'lanes' | 'blockPixels'> {
  const side = (): number => (random.chance(0.5) ? random.integer(1, 4) : random.integer(1, 8));
  const [rows, cols] = random.chance(0.06) ? [16, 16] : [side(), side()];
  const shared = [8, 7, 6, 5, 4, 3, 2, 1].filter((n) => rows % n === 0 && cols % n === 0);
  // Small blocks, so that small maps have several and the last one is partial.
  return { rows, cols, lanes: random.pick(shared), blockPixels: random.pick([2, 4, 8, 16, 32]) };
}

/** Make the network of a seed for a grid of 64 processing elements. */
export function randomNetwork(seed: number): QuantizedModel {
  return drawModel(randomSource(seed), { name: `random-${seed}`, slots: 64 });
}

/** Passes over the array that a whole network may take, about: keeps a simulation well below a second. */
const MAX_PASSES = 20_000;

interface MapInfo {
  readonly name: string;
  readonly shape: MapShape;
  /** Bits of a code. */
  readonly width: number;
  readonly zeroPoint: number;
}

interface Scope {
  readonly random: RandomSource;
  /** Of every adder layer, or where they differ the most that one may have. */
  readonly actWidth: number;
  readonly weightWidth: number;
  readonly mixed: boolean;
  /** Most bits of a map. */
  readonly storeWidth: number;
  readonly maps: MapInfo[];
  /** Subtract-abs operations left to spend. */
  budget: number;
}

function drawModel(
  random: RandomSource,
  { name, slots }: { readonly name: string; readonly slots: number },
): QuantizedModel {
  const actWidth = random.integer(2, 8);
  const weightWidth = random.integer(2, 8);
  const mixed = random.chance(0.5);
  // A third of the networks store no more than adder layers read.
  const storeWidth = random.chance(0.33) ? actWidth : random.integer(actWidth, 8);
  const input = drawInput(random, random.pick([actWidth, storeWidth, 8]));
  const scope: Scope = {
    random,
    actWidth,
    weightWidth,
    mixed,
    storeWidth,
    maps: [{ name: INPUT, ...input }],
    budget: MAX_PASSES * slots,
  };
  const depth = random.integer(1, 6);
  const drawn = Array.from({ length: depth }, (_, i) => drawLayer(scope, i, i === depth - 1));
  const layers = withoutUnread(drawn);
  const adders = layers.filter((layer) => layer.kind === 'adder');
  return {
    name,
    arch: 'random',
    ...(adders.length === 0 ? { actWidth, weightWidth } : widest(adders)),
    input,
    layers,
    provenance: { source: 'test/random-network.ts' },
  };
}

function widest(layers: readonly OperandWidths[]): OperandWidths {
  return {
    actWidth: Math.max(...layers.map(({ actWidth }) => actWidth)),
    weightWidth: Math.max(...layers.map(({ weightWidth }) => weightWidth)),
  };
}

/** A layer's own widths. */
function drawWidths({ random, actWidth, weightWidth, mixed }: Scope): OperandWidths {
  if (!mixed) return { actWidth, weightWidth };
  return { actWidth: random.integer(2, actWidth), weightWidth: random.integer(2, weightWidth) };
}

function drawInput(random: RandomSource, width: number): InputCodes {
  const shape: MapShape = [
    random.integer(1, 12),
    random.integer(1, 12),
    random.chance(0.5) ? random.integer(1, 4) : random.integer(1, 20),
  ];
  const codes = new Uint8Array(shape[2] * 256);
  for (let channel = 0; channel < shape[2]; channel += 1) {
    // Some channels fall with the byte: a table, not a shift, makes the codes.
    const falling = random.chance(0.3);
    for (let byte = 0; byte < 256; byte += 1) {
      codes[channel * 256 + byte] = (falling ? 255 - byte : byte) >> (8 - width);
    }
  }
  const coarse = random.pick([0, width - 2]);
  const zeroPoint = (random.integer(0, 2 ** width - 1) >> coarse) << coarse;
  return { shape, width, zeroPoint, codes };
}

function drawLayer(scope: Scope, index: number, isLast: boolean): QuantizedLayer {
  const { random, storeWidth } = scope;
  const { actWidth, weightWidth } = drawWidths(scope);
  const source = random.chance(0.75) ? scope.maps[scope.maps.length - 1]! : random.pick(scope.maps);
  const kind = random.pick([
    'adder',
    'adder',
    'adder',
    'conv',
    'conv',
    'maxPool',
    'sumPool',
  ] as const);
  const keepsShape = random.chance(0.4);
  const window = keepsShape
    ? shapeKeepingWindow(random, source.shape)
    : drawWindow(random, source.shape, kind === 'maxPool');
  const [height, width] = window.outputSide;
  const isArray = kind === 'adder' || kind === 'conv';
  const planes = kind === 'conv' ? random.integer(1, 8) : 1;
  const slices = kind === 'conv' ? Math.ceil(source.width / actWidth) : 1;
  const taps = window.kernel[0] * window.kernel[1] * (isArray ? source.shape[2] : 1);
  const perChannel = height * width * taps * Math.max(planes, slices > 1 ? actWidth : 1) * slices;
  const affordable = Math.max(1, Math.floor(scope.budget / (4 * perChannel)));
  const wanted = keepsShape ? source.shape[2] : random.integer(1, 20);
  const channels = isArray ? Math.min(wanted, affordable) : source.shape[2];
  scope.budget -= Math.min(scope.budget - 1, channels * perChannel);

  const outputShape: MapShape = [height, width, channels];
  const outWidth = random.integer(actWidth, storeWidth);
  const output = drawOutput(random, { outWidth, isLast });
  const inputShift = kind === 'adder' ? drawInputShift(random, actWidth, source) : 0;
  // The input's zero point is a multiple already: `drawInputShift` takes no other shift.
  const padCode = kind === 'maxPool' ? 0 : (source.zeroPoint >> inputShift) << inputShift;
  const weights = isArray
    ? drawWeights(random, { kind, weightWidth, planes, length: channels * taps })
    : undefined;
  const sums = expectedSums({
    actWidth,
    weightWidth,
    kind,
    weights,
    taps,
    channels,
    inputWidth: source.width - inputShift,
  });
  const shortcut = drawResidualSource(scope, outputShape);
  const { affine, residual } = drawConstants(random, { sums, output, shortcut });
  const name = `layer${index}`;
  scope.maps.push({
    name,
    shape: outputShape,
    width: outWidth,
    zeroPoint: random.integer(0, 2 ** outWidth - 1),
  });
  const base = {
    name,
    input: source.name,
    inputShape: source.shape,
    outputShape,
    kernel: window.kernel,
    stride: window.stride,
    padding: window.padding,
    padCode,
    affine,
    ...(residual ? { residual } : {}),
    ...output,
  };
  if (!isArray) return { ...base, kind };
  const array = { ...base, weights: weights!, planes, inputShift };
  return kind === 'conv' ? { ...array, kind } : { ...array, kind, actWidth, weightWidth };
}

/** Low bits that an adder layer drops: up to the surplus, but none of the input's zero point. */
function drawInputShift(
  random: RandomSource,
  actWidth: number,
  { name, width, zeroPoint }: MapInfo,
): number {
  const shift = random.integer(0, Math.max(0, width - actWidth));
  return name === INPUT && zeroPoint % 2 ** shift !== 0 ? 0 : shift;
}

function drawOutput(
  random: RandomSource,
  { outWidth: width, isLast }: { readonly outWidth: number; readonly isLast: boolean },
): OutputCode {
  if (isLast && random.chance(0.5)) {
    const outWidth = random.chance(0.6) ? 16 : random.integer(width, 16);
    const outSigned = random.chance(0.8);
    const clampLow = outSigned ? -(2 ** (outWidth - 1)) : 0;
    return { clampLow, clampHigh: clampLow + 2 ** outWidth - 1, outWidth, outSigned };
  }
  const top = 2 ** width - 1;
  const tight = random.chance(0.4);
  return {
    clampLow: tight ? random.integer(0, top >> 2) : 0,
    clampHigh: tight ? top - random.integer(0, top >> 2) : top,
    outWidth: width,
    outSigned: false,
  };
}

function drawWeights(
  random: RandomSource,
  draft: {
    readonly kind: string;
    readonly weightWidth: number;
    readonly planes: number;
    readonly length: number;
  },
): Int16Array {
  const { kind, weightWidth, planes, length } = draft;
  const top = kind === 'adder' ? 2 ** weightWidth - 1 : 2 ** planes - 1;
  const extreme = random.chance(0.15);
  return Int16Array.from({ length }, () => {
    if (kind === 'adder') return extreme ? random.pick([0, top]) : random.integer(0, top);
    return extreme ? random.pick([-top, top]) : 2 * random.integer(0, top) - top;
  });
}

/** An earlier map of the output's shape, by chance; the network's input and the layer's own input among them. */
function drawResidualSource({ random, maps }: Scope, shape: MapShape): MapInfo | undefined {
  const fitting = maps.filter((map) => map.shape.every((side, i) => side === shape[i]));
  return fitting.length > 0 && random.chance(0.6) ? random.pick(fitting) : undefined;
}

/** Leave out layers that nothing reads: no quantizer makes them. */
function withoutUnread(layers: readonly QuantizedLayer[]): readonly QuantizedLayer[] {
  const read = new Set<string>();
  const kept: QuantizedLayer[] = [];
  for (const layer of layers.toReversed()) {
    if (kept.length > 0 && !read.has(layer.name)) continue;
    read.add(layer.input);
    if (layer.residual) read.add(layer.residual.input);
    kept.unshift(layer);
  }
  return kept;
}

/** Random bytes; now and then an image of nothing but 0 or 255, or a mix of the two. */
export function drawImages(random: RandomSource, shape: MapShape, count: number): Uint8Array {
  const size = shape[0] * shape[1] * shape[2];
  const images = new Uint8Array(count * size);
  for (let image = 0; image < count; image += 1) {
    const kind = random.integer(0, 9);
    const pixels = images.subarray(image * size, (image + 1) * size);
    if (kind <= 1) pixels.fill(kind * 255);
    else
      for (let i = 0; i < size; i += 1)
        pixels[i] = kind === 2 ? random.pick([0, 255]) : random.integer(0, 255);
  }
  return images;
}
