/**
 * @file Random small networks for the kernels' tests: every layer kind, odd shapes, residuals, 2 to 8 bits, maps with more bits than operands.
 */
import fc from 'fast-check';
import type { FloatModel, FloatNode, FloatTensor, MapShape } from '../../src/model/types.ts';
import type {
  Affine,
  PoolLayer,
  QuantizedLayer,
  QuantizedModel,
  Residual,
} from '../../src/quantize/types.ts';
import { type RandomSource, randomSource } from '../random-source.ts';

/** One source of numbers a test case: networks are too deep to be built of shrinking arbitraries. */
export const draws: fc.Arbitrary<RandomSource> = fc.noShrink(fc.integer()).map(randomSource);

const elements = ([rows, cols, channels]: MapShape): number => rows * cols * channels;
const many = (count: number, make: () => number): number[] => Array.from({ length: count }, make);

interface Window {
  readonly kernel: readonly [number, number];
  readonly stride: number;
  readonly padding: number;
}

function drawWindow(draw: RandomSource, [rows, cols]: MapShape): Window {
  const padding = draw.integer(0, 2);
  const kernel: [number, number] = [
    draw.integer(1, Math.min(5, rows + 2 * padding)),
    draw.integer(1, Math.min(5, cols + 2 * padding)),
  ];
  return { kernel, stride: draw.integer(1, 3), padding };
}

function windowOutput([rows, cols]: MapShape, window: Window, channels: number): MapShape {
  const { kernel, stride, padding } = window;
  const count = (size: number, length: number): number =>
    Math.floor((size + 2 * padding - length) / stride) + 1;
  return [count(rows, kernel[0]), count(cols, kernel[1]), channels];
}

/**
 * A random network of integers with extreme codes, multipliers and shifts: most outputs saturate.
 * `test/random-network.ts` draws the well-behaved ones.
 */
export function drawQuantizedModel(draw: RandomSource): QuantizedModel {
  const actWidth = draw.integer(2, 8);
  const weightWidth = draw.integer(2, 8);
  const width = draw.integer(actWidth, 8);
  const top = 2 ** width - 1;
  const shape: MapShape = [draw.integer(1, 9), draw.integer(1, 9), draw.pick([1, 2, 3, 5, 16, 17])];
  const input = {
    shape,
    width,
    zeroPoint: draw.integer(0, top),
    codes: Uint8Array.from(many(256 * shape[2], () => draw.integer(0, top))),
  };
  const layers: QuantizedLayer[] = [];
  const maps = [{ name: 'input', shape, width }];
  const depth = draw.integer(1, 5);
  for (let i = 0; i < depth; i++) {
    const source = draw.pick(maps);
    const layer = drawLayer(draw, {
      name: `layer${i}`,
      source,
      maps,
      actWidth,
      weightWidth,
      isLast: i === depth - 1,
    });
    layers.push(layer);
    maps.push({ name: layer.name, shape: layer.outputShape, width: layer.outWidth });
  }
  return { name: 'random', arch: 'random', actWidth, weightWidth, input, layers, provenance: {} };
}

interface DrawnMap {
  readonly name: string;
  readonly shape: MapShape;
  readonly width: number;
}

interface LayerDraw {
  readonly name: string;
  readonly source: DrawnMap;
  readonly maps: readonly DrawnMap[];
  readonly actWidth: number;
  readonly weightWidth: number;
  readonly isLast: boolean;
}

function drawLayer(draw: RandomSource, context: LayerDraw): QuantizedLayer {
  const { name, source, maps, isLast } = context;
  // A layer takes what the array has, or less.
  const actWidth = draw.integer(2, context.actWidth);
  const weightWidth = draw.integer(2, context.weightWidth);
  const kind = draw.pick(['adder', 'adder', 'conv', 'maxPool', 'sumPool'] as const);
  const isPool = kind === 'maxPool' || kind === 'sumPool';
  const window = drawWindow(draw, source.shape);
  const channels = isPool ? source.shape[2] : draw.pick([1, 2, 3, 4, 5, 8, 19]);
  const outputShape = windowOutput(source.shape, window, channels);
  const outWidth = draw.integer(context.actWidth, 8);
  const top = 2 ** outWidth - 1;
  const inputShift = kind === 'adder' ? draw.integer(0, source.width - actWidth) : 0;
  const padCode = draw.integer(0, (2 ** source.width - 1) >> inputShift) << inputShift;
  const twins = maps.filter(({ shape }) => `${shape}` === `${outputShape}`);
  const twin = twins.length > 0 && draw.integer(0, 2) > 0 ? draw.pick(twins) : undefined;
  const residual: Residual | undefined =
    twin !== undefined
      ? {
          input: twin.name,
          zeroPoint: draw.integer(0, 2 ** twin.width - 1),
          mult: Int32Array.from(many(channels, () => draw.integer(-(2 ** 23) + 1, 2 ** 23 - 1))),
        }
      : undefined;
  const isWide = isLast && draw.integer(0, 1) === 1;
  const limit = isWide ? 2 ** 15 : top;
  const base = {
    name,
    input: source.name,
    inputShape: source.shape,
    outputShape,
    ...window,
    padCode: kind === 'maxPool' ? 0 : padCode,
    affine: drawAffine(draw, channels, limit),
    ...(residual ? { residual } : {}),
    clampLow: isWide ? -limit : draw.integer(0, top >> 2),
    clampHigh: isWide ? limit - 1 : draw.integer(top >> 1, top),
    outWidth: isWide ? 16 : outWidth,
    outSigned: isWide,
  };
  if (isPool) return { ...base, kind } satisfies PoolLayer;
  const taps = channels * window.kernel[0] * window.kernel[1] * source.shape[2];
  const planes = kind === 'adder' ? 1 : draw.integer(1, 8);
  const half = 2 ** (planes - 1);
  const weight =
    kind === 'adder'
      ? () => draw.pick([0, 2 ** weightWidth - 1, draw.integer(0, 2 ** weightWidth - 1)])
      : () => 2 * draw.integer(-half, half - 1) + 1;
  const array = { ...base, planes, inputShift, weights: Int16Array.from(many(taps, weight)) };
  return kind === 'conv' ? { ...array, kind } : { ...array, kind, actWidth, weightWidth };
}

/** Constants that put many results inside the clamp, at its ends, and on rounding's halves. */
function drawAffine(draw: RandomSource, channels: number, limit: number): Affine {
  const shift = Uint8Array.from(many(channels, () => draw.integer(0, 22)));
  return {
    mean: Int32Array.from(many(channels, () => draw.integer(-(2 ** 20), 2 ** 20))),
    mult: Int32Array.from(
      many(channels, () => draw.pick([1, -1, 3, draw.integer(-(2 ** 15) + 1, 2 ** 15 - 1)])),
    ),
    shift,
    bias: Float64Array.from(shift, (bits) => draw.integer(-limit, 2 * limit) * 2 ** bits),
  };
}

/** A random float network of every node kind. */
export function drawFloatModel(draw: RandomSource): FloatModel {
  const inputShape: MapShape = [draw.integer(3, 9), draw.integer(3, 9), draw.pick([1, 2, 3, 8])];
  const tensors = new Map<string, FloatTensor>();
  const place = (name: string, shape: readonly number[], make: () => number): string => {
    const count = shape.reduce((product, size) => product * size, 1);
    tensors.set(name, { shape, data: Float32Array.from(many(count, make)) });
    return name;
  };
  const real = (): number => draw.integer(-4000, 4000) / 1000;
  const nodes: FloatNode[] = [];
  let at = { name: 'input', shape: inputShape };
  const push = (node: FloatNode, shape: MapShape): void => {
    nodes.push(node);
    at = { name: node.name, shape };
  };
  for (let i = 0; i < draw.integer(1, 5); i++) {
    const name = `node${i}`;
    const kind = draw.pick(['adderConv', 'conv', 'batchNorm', 'relu', 'add', 'pool'] as const);
    const channels = at.shape[2];
    if (kind === 'adderConv' || kind === 'conv') {
      const window = drawWindow(draw, at.shape);
      const filters = draw.pick([1, 3, 8, 11]);
      const weight = place(`${name}.weight`, [filters, ...window.kernel, channels], real);
      const { stride, padding } = window;
      const bias =
        kind === 'conv' && draw.integer(0, 1)
          ? { bias: place(`${name}.bias`, [filters], real) }
          : {};
      const node = { name, kind, input: at.name, weight, stride, padding, ...bias } as FloatNode;
      push(node, windowOutput(at.shape, window, filters));
    } else if (kind === 'batchNorm') {
      const node: FloatNode = {
        name,
        kind,
        input: at.name,
        gamma: place(`${name}.gamma`, [channels], real),
        beta: place(`${name}.beta`, [channels], real),
        mean: place(`${name}.mean`, [channels], real),
        variance: place(`${name}.variance`, [channels], () => draw.integer(0, 9000) / 1000),
        epsilon: 1e-5,
      };
      push(node, at.shape);
    } else if (kind === 'relu') push({ name, kind, input: at.name }, at.shape);
    else if (kind === 'add') push({ name, kind, inputs: [at.name, at.name] }, at.shape);
    else {
      const size = draw.integer(1, Math.min(3, at.shape[0], at.shape[1]));
      const window = {
        kernel: [size, size] as const,
        stride: draw.integer(1, 2),
        padding: draw.integer(0, Math.floor(size / 2)),
      };
      const { stride, padding } = window;
      const pool = draw.pick(['maxPool', 'avgPool'] as const);
      push(
        { name, kind: pool, input: at.name, size, stride, padding },
        windowOutput(at.shape, window, channels),
      );
    }
  }
  if (draw.integer(0, 1)) {
    push({ name: 'flat', kind: 'flatten', input: at.name }, [1, 1, elements(at.shape)]);
    const kind = draw.pick(['linear', 'adderLinear'] as const);
    const weight = place('out.weight', [5, elements(at.shape)], real);
    const bias = draw.integer(0, 1) ? { bias: place('out.bias', [5], real) } : {};
    push({ name: 'out', kind, input: 'flat', weight, ...bias }, [1, 1, 5]);
  }
  const normalization = {
    mean: many(inputShape[2], () => 0.4),
    std: many(inputShape[2], () => 0.2),
  };
  return {
    name: 'random',
    arch: 'random',
    inputShape,
    normalization,
    nodes,
    tensors,
    provenance: {},
  };
}

/** Random bytes for an input of `shape`. */
export function drawImage(draw: RandomSource, shape: MapShape): Uint8Array {
  return Uint8Array.from(many(elements(shape), () => draw.integer(0, 255)));
}
