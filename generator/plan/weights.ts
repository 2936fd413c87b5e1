/**
 * @file Weights as the array wants them, and what that adds to a channel's sum.
 *
 * The weight memory holds, in the order of the passes (tile, plane, ky, kx, word), `rows` words of `cols`
 * codes. A multiplying layer's odd weight W of n planes is `sum over b of 2^b s_b` with s_b = +-1, most
 * significant plane first; on adders s_b = +1 is the code 0 (`|x - 0| = x`) and s_b = -1 the largest code M
 * (`|x - M| = M - x`), so its sum is `W x` plus a constant. Lanes without a channel read the padding
 * code; their weight is the code nearest to it and the difference, 0 for equal widths, is a constant too.
 */
import { actOperand, maxActOperand, operandWidth, weightOperand } from '../../src/fixed/operand.ts';
import type { ArrayLayer, QuantizedModel } from '../../src/quantize/types.ts';
import type { HardwareConfig } from '../config.ts';
import type { MemoryImage, Operation } from './types.ts';

/** What the hardware's sum of an operation's channels can be. */
export interface SumBounds {
  /** Hardware sum less `2^scale` times the golden model's accumulator, a channel. */
  readonly offset: readonly number[];
  readonly scale: number;
  /** Largest hardware sum of any channel, in any plane. */
  readonly max: number;
}

/** Largest sums and constants of an operation, from its actual weights. */
export function sumBounds(operation: Operation, model: QuantizedModel, rows: number): SumBounds {
  const { layer, walk } = operation;
  const channels = layer.outputShape[2];
  if (layer.kind !== 'adder' && layer.kind !== 'conv') {
    const maxAct = 2 ** model.actWidth - 1;
    const terms = layer.kind === 'maxPool' ? 1 : layer.kernel[0] * layer.kernel[1];
    return { offset: new Array(channels).fill(0), scale: 0, max: terms * maxAct };
  }
  const actMax = maxActOperand(model);
  const largest = weightOperand(2 ** model.weightWidth - 1, model);
  const idle = idleLanes(operation, rows) * idleDifference(layer.padCode, model);
  const planeWeight = 2 ** operation.planes - 1;
  const offset: number[] = [];
  let max = 0;
  for (let channel = 0; channel < channels; channel++) {
    let constant = idle * planeWeight;
    let bound = constant;
    for (let term = 0; term < walk.terms; term++) {
      const weight = layer.weights[channel * walk.terms + term];
      if (layer.kind === 'adder') {
        const operand = weightOperand(weight, model);
        bound += Math.max(operand, actMax - operand);
      } else {
        const minus = (planeWeight - weight) / 2;
        const plus = planeWeight - minus;
        constant += largest * minus;
        bound += Math.max(largest * minus, plus * actMax + minus * (largest - actMax));
      }
    }
    offset.push(constant);
    max = Math.max(max, bound);
  }
  const scale = layer.kind === 'conv' ? operandWidth(model) - model.actWidth : 0;
  return { offset, scale, max };
}

/** Lanes of all of an output's words that carry no term. */
function idleLanes({ walk }: Operation, rows: number): number {
  return walk.kernelY * walk.kernelX * walk.words * rows - walk.terms;
}

function idleCode(padCode: number, model: QuantizedModel): number {
  const wanted = actOperand(padCode, model);
  let best = 0;
  for (let code = 1; code < 2 ** model.weightWidth; code++) {
    const distance = Math.abs(weightOperand(code, model) - wanted);
    if (distance < Math.abs(weightOperand(best, model) - wanted)) best = code;
  }
  return best;
}

function idleDifference(padCode: number, model: QuantizedModel): number {
  return Math.abs(weightOperand(idleCode(padCode, model), model) - actOperand(padCode, model));
}

/** The image of the weight memory, and the first word of each operation (pooling has none: 0). */
export function weightImage(
  operations: readonly Operation[],
  model: QuantizedModel,
  { rows, cols }: HardwareConfig,
): { image: MemoryImage; bases: number[] } {
  const words: bigint[] = [];
  const bases = operations.map((operation) => {
    const base = words.length;
    const { layer } = operation;
    if (layer.kind !== 'adder' && layer.kind !== 'conv') return 0;
    for (const codes of passes(operation, layer, model, { rows, cols })) {
      words.push(packWord(codes, model.weightWidth));
    }
    return base;
  });
  // A network without array layers still has the memory; one tile of zeros keeps it legal.
  if (words.length === 0) words.push(...new Array<bigint>(rows).fill(0n));
  return {
    image: {
      file: 'weights.mem',
      comment: `weights: ${cols} codes of ${model.weightWidth} bits a word (column 0 lowest), ${rows} words a tile`,
      width: cols * model.weightWidth,
      words,
    },
    bases,
  };
}

function packWord(codes: ArrayLike<number>, width: number): bigint {
  let text = '';
  for (let i = codes.length - 1; i >= 0; i--) text += codes[i].toString(2).padStart(width, '0');
  return BigInt(`0b${text}`);
}

/** The rows of all passes, each as `cols` codes. */
function* passes(
  { walk, tiles, planes }: Operation,
  layer: ArrayLayer,
  model: QuantizedModel,
  { rows, cols }: { rows: number; cols: number },
): Generator<Uint8Array> {
  const channels = layer.outputShape[2];
  const largest = 2 ** model.weightWidth - 1;
  const idle = idleCode(layer.padCode, model);
  const tapTerms = walk.terms / (walk.kernelY * walk.kernelX);
  for (let tile = 0; tile < tiles; tile++) {
    for (let plane = planes - 1; plane >= 0; plane--) {
      for (let tap = 0; tap < walk.kernelY * walk.kernelX; tap++) {
        for (let lane = 0; lane < walk.words * rows; lane++) {
          const codes = new Uint8Array(cols).fill(idle);
          for (let col = 0; col < cols && lane < tapTerms; col++) {
            const channel = tile * cols + col;
            if (channel >= channels) break;
            const weight = layer.weights[channel * walk.terms + tap * tapTerms + lane];
            codes[col] =
              layer.kind === 'adder' ? weight : planeSign(weight, plane, planes) ? 0 : largest;
          }
          yield codes;
        }
      }
    }
  }
}

/** Whether digit `plane` of an odd weight is +1. */
function planeSign(weight: number, plane: number, planes: number): boolean {
  return Math.floor((weight + 2 ** planes - 1) / 2 / 2 ** plane) % 2 === 1;
}
