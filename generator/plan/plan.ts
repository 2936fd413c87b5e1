/**
 * @file From an integer network and a grid to every decision about the hardware. Read this function first.
 */
import { operandWidth } from '../../src/fixed/operand.ts';
import type { QuantizedModel } from '../../src/quantize/types.ts';
import { completeConfig, type HardwareChoice, type HardwareConfig } from '../config.ts';
import { sharesActSum } from '../element.ts';
import { codeWidths, planReads } from './array-reads.ts';
import { constantImage, constantWidths, hardwareAffine } from './constants.ts';
import { accGap, loadGap, operationCycles } from './cycles.ts';
import { planDescriptors } from './descriptors.ts';
import { gcd, unsignedWidth } from './integers.ts';
import { planOperations } from './operations.ts';
import { placeMaps } from './placement.ts';
import type { CodeWidths, HardwarePlan, Operation, Widths } from './types.ts';
import { checkPlan } from './validate.ts';
import { sumBounds, weightImage } from './weights.ts';

/**
 * Plan an accelerator for a model.
 *
 * @param partial grid and block size; what is left out takes `completeConfig`'s defaults
 * @throws DesignError for a grid out of range or a network that the hardware cannot hold
 */
export function planDesign(model: QuantizedModel, partial: HardwareChoice = {}): HardwarePlan {
  const config = completeConfig(partial);
  // 1. Layers to operations on the grid.
  const { operations, window, inputWords } = planOperations(model, config);
  checkPlan(model, operations);
  // 2. Maps to banks and addresses.
  const { placements, depthA, depthB } = placeMaps(operations, config.rows);
  // 3. Weights, and the largest sums they can make.
  const weights = weightImage(operations, model, config);
  const bounds = operations.map((operation) => sumBounds(operation, model, config));
  // 4. Constants of the post-op, and the width of everything.
  const affines = operations.map((operation, index) => hardwareAffine(operation, bounds[index]));
  const constant = constantWidths(operations, affines, bounds);
  const constants = constantImage({ operations, affines, widths: constant, lanes: config.lanes });
  const reads = planReads(operations, model);
  const codes = codeWidths(operations, model);
  const widths: Widths = {
    ...constant,
    ...codes,
    ...shapeWidths(operations, Math.max(depthA, depthB, inputWords), config),
    ...sumWidths({ model, config, codes, maxSum: Math.max(...bounds.map(({ max }) => max)) }),
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
    accGap,
    reads,
    widths,
  };
  const { fields, image } = planDescriptors(
    { ...partialPlan, weightBases: weights.bases, constantBases: constants.bases },
    { weightWords: weights.image.words.length, constantWords: constants.image.words.length },
  );
  const cycles = operations.map((operation) => operationCycles(operation, config));
  return {
    ...partialPlan,
    fields,
    memories: { weights: weights.image, constants: constants.image, operations: image },
    cycles,
    cyclesPerImage: cycles.reduce((sum, one) => sum + one, 0),
  };
}

/** Counters of the walk: large enough for their largest value, and for the kernel's reach beyond the map. */
function shapeWidths(
  operations: readonly Operation[],
  deepestBank: number,
  config: HardwareConfig,
) {
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
    // Counts up by one and down by a slice's bits, which may be one more than the last plane.
    planesWidth: widest(({ planes, slices }) => (slices > 1 ? planes : planes - 1)),
    tilesWidth: widest(({ tiles }) => tiles - 1),
  };
}

function sumWidths(options: {
  model: QuantizedModel;
  config: HardwareConfig;
  codes: CodeWidths;
  maxSum: number;
}) {
  const { model, config, codes, maxSum } = options;
  const operand = operandWidth(model);
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
