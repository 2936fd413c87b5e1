/**
 * @file Layers to operations: tiles on the grid, the packed first window, copies where two ports meet.
 */
import type { OperandWidths } from '../../src/fixed/operand.ts';
import { INPUT } from '../../src/model/types.ts';
import type {
  InputCodes,
  PoolLayer,
  QuantizedLayer,
  QuantizedModel,
} from '../../src/quantize/types.ts';
import type { HardwareConfig } from '../config.ts';
import { arrayWidths } from './array-widths.ts';
import { bitPasses } from './bit-passes.ts';
import { operationCycles } from './cycles.ts';
import { gcd } from './integers.ts';
import type { InputWindow, Operation, WalkShape } from './types.ts';

/** Bits of a window register that are still reasonable; a larger window is read tap by tap. */
const maxWindowTerms = 400;

/** Name of the copy that the planner makes of the input. */
export const inputCopy = `${INPUT}#copy`;

/** Turn the model's layers into operations in the order in which they run. */
export function planOperations(
  model: QuantizedModel,
  config: HardwareConfig,
): { operations: Operation[]; window: InputWindow | null; inputWords: number } {
  const layers = insertInputCopy(model);
  const window = packedWindow(layers, config);
  const widthOf = (name: string): number =>
    name === INPUT ? model.input.width : layers.find((layer) => layer.name === name)!.outWidth;
  const array = arrayWidths(model);
  const planAll = (bitByBit: boolean) =>
    layers.map((layer, index) => {
      const packed = window !== null && index === 0;
      return planOperation({ layer, array, config, widthOf, packed, bitByBit });
    });
  const operations = cheaperOperations(planAll(false), planAll(true), config);
  return { operations, window, inputWords: inputWords(model, operations, window, config) };
}

/** The share of an image's cycles that single bits must win, for the logic that they cost: about 5 LUT a row. */
const leastWin = 1 / 128;

function cheaperOperations(
  inSlices: Operation[],
  bitByBit: Operation[],
  config: HardwareConfig,
): Operation[] {
  const cycles = (operations: readonly Operation[]) =>
    operations.reduce((sum, operation) => sum + operationCycles(operation, config), 0);
  return cycles(bitByBit) <= (1 - leastWin) * cycles(inSlices) ? bitByBit : inSlices;
}

/** The input has one read port: an operation that reads it twice at once gets a copy in a bank. */
function insertInputCopy(model: QuantizedModel): QuantizedLayer[] {
  const readsTwice = (layer: QuantizedLayer) =>
    layer.input === INPUT && layer.residual?.input === INPUT;
  if (!model.layers.some(readsTwice)) return [...model.layers];
  return [
    copyLayer(model.input),
    ...model.layers.map((layer) => (readsTwice(layer) ? { ...layer, input: inputCopy } : layer)),
  ];
}

function copyLayer({ shape, width }: InputCodes): PoolLayer {
  const channels = shape[2];
  return {
    name: inputCopy,
    kind: 'sumPool',
    input: INPUT,
    inputShape: shape,
    outputShape: shape,
    kernel: [1, 1],
    stride: 1,
    padding: 0,
    padCode: 0,
    affine: {
      mean: new Int32Array(channels),
      mult: new Int32Array(channels).fill(1),
      shift: new Uint8Array(channels),
      bias: new Float64Array(channels),
    },
    clampLow: 0,
    clampHigh: 2 ** width - 1,
    outWidth: width,
    outSigned: false,
  };
}

/** Pack the first layer's window when it alone reads the input and its terms fill the rows better. */
function packedWindow(
  layers: readonly QuantizedLayer[],
  { rows }: HardwareConfig,
): InputWindow | null {
  const first = layers[0];
  const reads = layers.flatMap((layer) => [layer.input, layer.residual?.input]);
  if (reads.filter((name) => name === INPUT).length !== 1 || first.input !== INPUT) return null;
  if (first.kind !== 'adder' && first.kind !== 'conv') return null;
  const [kernelY, kernelX] = first.kernel;
  const channels = first.inputShape[2];
  const terms = kernelY * kernelX * channels;
  const packedPasses = Math.ceil(terms / rows);
  const plainPasses = kernelY * kernelX * Math.ceil(channels / rows);
  if (terms > maxWindowTerms || packedPasses >= plainPasses) return null;
  const { stride, padding, padCode } = first;
  return { kernelY, kernelX, stride, pad: padding, padCode };
}

function planOperation(options: {
  layer: QuantizedLayer;
  array: OperandWidths;
  config: HardwareConfig;
  widthOf: (name: string) => number;
  packed: boolean;
  bitByBit: boolean;
}): Operation {
  const { layer, array, config, widthOf, packed, bitByBit } = options;
  const pool = layer.kind === 'maxPool' || layer.kind === 'sumPool';
  const tileChannels = pool ? gcd(config.rows, config.cols) : config.cols;
  const codeWidth = widthOf(layer.input);
  return {
    layer,
    inserted: layer.name === inputCopy,
    tensor: layer.name === inputCopy ? INPUT : layer.name,
    pool,
    walk: packed ? packedShape(layer, config.rows) : tapShape(layer, pool, config.rows),
    tileChannels,
    tiles: Math.ceil(layer.outputShape[2] / tileChannels),
    passes: bitPasses({ layer, codeWidth, array, bitByBit }),
    codeWidth,
    residualWidth: layer.residual === undefined ? 0 : widthOf(layer.residual.input),
  };
}

function packedShape(layer: QuantizedLayer, rows: number): WalkShape {
  const terms = layer.kernel[0] * layer.kernel[1] * layer.inputShape[2];
  const words = Math.ceil(terms / rows);
  return {
    inHeight: layer.outputShape[0],
    inWidth: layer.outputShape[1],
    kernelY: 1,
    kernelX: 1,
    stride: 1,
    pad: 0,
    pixelWords: words,
    words,
    lastLanes: terms - (words - 1) * rows,
    terms,
  };
}

function tapShape(layer: QuantizedLayer, pool: boolean, rows: number): WalkShape {
  const [inHeight, inWidth, channels] = layer.inputShape;
  const [kernelY, kernelX] = layer.kernel;
  const pixelWords = Math.ceil(channels / rows);
  return {
    inHeight,
    inWidth,
    kernelY,
    kernelX,
    stride: layer.stride,
    pad: layer.padding,
    pixelWords,
    words: pool ? 1 : pixelWords,
    // Pooled lanes stay apart, so none needs to be blanked.
    lastLanes: pool ? rows : channels - (pixelWords - 1) * rows,
    terms: kernelY * kernelX * channels,
  };
}

function inputWords(
  model: QuantizedModel,
  operations: readonly Operation[],
  window: InputWindow | null,
  { rows }: HardwareConfig,
): number {
  const [height, width, channels] = model.input.shape;
  if (window === null) return height * width * Math.ceil(channels / rows);
  const { walk } = operations[0];
  return walk.inHeight * walk.inWidth * walk.pixelWords;
}
