/**
 * @file From an integer network and a grid to every decision about the hardware. Read this function first.
 */
import { type OperandWidths, operandWidth } from '../../src/fixed/operand.ts';
import type { QuantizedModel } from '../../src/quantize/types.ts';
import { completeConfig, type HardwareChoice, type HardwareConfig } from '../config.ts';
import { sharesActSum } from '../element.ts';
import { codeWidths } from './array-reads.ts';
import { arrayWidths } from './array-widths.ts';
import { constantImage, constantWidths, hardwareAffine, widenLane } from './constants.ts';
import { accGap, loadGap, operationCycles, turnGap } from './cycles.ts';
import { planDescriptors } from './descriptors.ts';
import { gcd, unsignedWidth } from './integers.ts';
import { planOperations } from './operations.ts';
import { planPasses } from './pass-table.ts';
import { placeMaps } from './placement.ts';
import type { CodeWidths, HardwarePlan, Operation, PassTable, Widths } from './types.ts';
import { checkPlan } from './validate.ts';
import { planWeightMemory } from './weight-memory.ts';
import { sumBounds, weightImage } from './weights.ts';

/**
 * Plan an accelerator for a model.
 *
 * @param partial grid and block size; what is left out takes `completeConfig`'s defaults
 * @throws DesignError for a grid out of range or a network that the hardware cannot hold
 */
export function planDesign(model: QuantizedModel, partial: HardwareChoice = {}): HardwarePlan {
  const wanted = completeConfig(partial);
  // 1. Layers to operations on the grid, and the bits of the array that they share.
  const { operations, window, inputWords } = planOperations(model, wanted);
  checkPlan(model, operations);
  const array = arrayWidths(model);
  // 2. Maps to banks and addresses.
  const { placements, depthA, depthB } = placeMaps(operations, wanted.rows);
  // 3. Weights, and the largest sums they can make.
  const weights = weightImage(operations, array, wanted);
  const starts = operations.flatMap(({ pool }, index) => (pool ? [] : [weights.bases[index]]));
  const weightMemory = planWeightMemory(
    { image: weights.image, starts: starts.length > 0 ? starts : [0] },
    wanted,
  );
  const config = { ...wanted, weightMemory: weightMemory.kind };
  const bounds = operations.map((operation) => sumBounds(operation, array, config));
  // 4. Constants of the post-op, and the width of everything.
  const affines = operations.map((operation, index) => hardwareAffine(operation, bounds[index]));
  const constant = constantWidths(operations, affines, bounds);
  const constants = constantImage({ operations, affines, widths: constant, lanes: config.lanes });
  const table = planPasses(operations, array);
  const codes = codeWidths(operations, model);
  const sums = sumWidths({
    model,
    array,
    config,
    codes,
    maxSum: Math.max(...bounds.map(({ max }) => max)),
  });
  const widths: Widths = {
    ...widenLane(constant, { ...codes, ...sums }),
    ...codes,
    ...shapeWidths({
      operations,
      table,
      deepestBank: Math.max(depthA, depthB, inputWords),
      config,
    }),
    ...sums,
  };
  // 5. The schedule: one descriptor an operation, and its cycles.
  const partialPlan = {
    model,
    config,
    operations,
    placements,
    window,
    inputWords,
    depthA,
    depthB,
    poolLanes: gcd(config.rows, config.cols),
    loadGap: loadGap(config),
    turnGap: turnGap(config),
    accGap,
    array,
    table,
    widths,
    weightMemory,
  };
  const { fields, image } = planDescriptors(
    { ...partialPlan, weightBases: weights.bases, constantBases: constants.bases },
    { weightWords: weights.image.words.length, constantWords: constants.image.words.length },
  );
  const cycles = operations.map((operation) => operationCycles(operation, config));
  return {
    ...partialPlan,
    fields,
    memories: { weights: weightMemory.images, constants: constants.image, operations: image },
    cycles,
    cyclesPerImage: cycles.reduce((sum, one) => sum + one, 0),
  };
}

/** Counters of the walk: large enough for their largest value, and for the kernel's reach beyond the map. */
function shapeWidths(options: {
  operations: readonly Operation[];
  table: PassTable;
  deepestBank: number;
  config: HardwareConfig;
}) {
  const { operations, table, deepestBank, config } = options;
  const widest = (value: (operation: Operation) => number) =>
    unsignedWidth(Math.max(...operations.map(value)));
  return {
    addrWidth: widest(({ layer, walk }) =>
      Math.max(
        deepestBank - 1,
        walk.stride * walk.inWidth * walk.pixelWords,
        Math.ceil(layer.outputShape[2] / config.rows),
      ),
    ),
    dimWidth: widest(
      ({ layer, walk }) =>
        Math.max(walk.inHeight, walk.inWidth, layer.outputShape[1]) + 2 * walk.pad + walk.stride,
    ),
    pixelsWidth: widest(({ layer }) =>
      Math.max(layer.outputShape[0] * layer.outputShape[1], config.blockPixels),
    ),
    wordsWidth: widest(({ walk }) => walk.words - 1),
    kernelWidth: widest(({ walk }) => Math.max(walk.kernelY, walk.kernelX) - 1),
    passWidth: unsignedWidth(table.passes.length - 1),
    tilesWidth: widest(({ tiles }) => tiles - 1),
  };
}

function sumWidths(options: {
  model: QuantizedModel;
  array: OperandWidths;
  config: HardwareConfig;
  codes: CodeWidths;
  maxSum: number;
}) {
  const { model, array, config, codes, maxSum } = options;
  const operand = operandWidth(array);
  const monitorWidth = Math.max(...model.layers.map(({ outWidth }) => outWidth), codes.bankWidth);
  // A shared sum of activations makes |x - w| + w of the terms.
  const psumWidth = operand + Math.ceil(Math.log2(config.rows)) + (sharesActSum(config) ? 1 : 0);
  const sumWidth = Math.max(psumWidth, codes.codeWidth);
  return {
    operandWidth: operand,
    psumWidth,
    sumWidth,
    // A pass's sum must fit as well, however few its terms.
    accWidth: Math.max(unsignedWidth(maxSum), sumWidth),
    monitorWidth,
    outStreamWidth: Math.ceil(monitorWidth / 8) * 8,
  };
}
