/**
 * @file Weights as the array wants them, and what that adds to a channel's sum.
 *
 * The weight memory holds, in the order of the passes (tile, bit pass, ky, kx, word), `rows` words of `cols`
 * codes. A multiplying layer's odd weight W of n planes is `sum over b of 2^b w_b` with w_b = +-1; on adders
 * w_b = +1 is the code 0 (`|x - 0| = x`) and w_b = -1 the largest code M (`|x - M| = M - x`), so its sum is `W x`
 * plus a constant. The same holds for each slice of x (bit-passes.ts). Lanes without a channel read the padding
 * code; their weight is the code nearest to it and the difference, 0 for equal widths, is a constant too.
 * Elements that share the activations' sum add every weight, as it is stored: one more constant of the channel.
 */
import { operandWidth, weightOperand } from '../../src/fixed/operand.ts';
import type { ArrayLayer, QuantizedModel } from '../../src/quantize/types.ts';
import type { HardwareConfig } from '../config.ts';
import { sharesActSum } from '../element.ts';
import { codeOperands } from './array-reads.ts';
import { bitPasses } from './bit-passes.ts';
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
export function sumBounds(
  operation: Operation,
  model: QuantizedModel,
  config: HardwareConfig,
): SumBounds {
  const { rows } = config;
  const { layer, walk, codeWidth, planes, slices } = operation;
  const channels = layer.outputShape[2];
  const maxCode = 2 ** codeWidth - 1;
  if (layer.kind !== 'adder' && layer.kind !== 'conv') {
    const terms = layer.kind === 'maxPool' ? 1 : layer.kernel[0] * layer.kernel[1];
    return { offset: new Array(channels).fill(0), scale: 0, max: terms * maxCode };
  }
  const largest = weightOperand(2 ** model.weightWidth - 1, model);
  const planeWeight = 2 ** planes - 1;
  // What each slice counts, its largest operand, and what a blank lane adds in it.
  const sliceWeights = Array.from({ length: slices }, (_, slice) => 2 ** (slice * model.actWidth));
  const maxOperands = codeOperands(maxCode, operation, model);
  // A weight's own share of the sum; all weights are `largest` and less.
  const share = (operand: number): number => {
    if (!sharesActSum(config)) return 0;
    return config.complementedWeights ? largest - operand : operand;
  };
  const idle = codeOperands(layer.padCode, operation, model).map((operand) => {
    const weight = weightOperand(nearestCode(operand, model), model);
    return Math.abs(weight - operand) + share(weight);
  });
  const overSlices = (value: (slice: number) => number): number =>
    sliceWeights.reduce((sum, weight, slice) => sum + weight * value(slice), 0);
  const blank = idleLanes(operation, rows) * planeWeight * overSlices((slice) => idle[slice]);
  const offset: number[] = [];
  let max = 0;
  for (let channel = 0; channel < channels; channel++) {
    let constant = blank;
    let bound = blank;
    for (let term = 0; term < walk.terms; term++) {
      const weight = layer.weights[channel * walk.terms + term];
      if (layer.kind === 'adder') {
        const operand = weightOperand(weight, model);
        constant += share(operand);
        bound += Math.max(operand, maxOperands[0] - operand) + share(operand);
      } else {
        const minus = (planeWeight - weight) / 2;
        const plus = planeWeight - minus;
        const shares = share(largest) * minus + share(0) * plus;
        constant += overSlices(() => largest * minus + shares);
        bound += overSlices(
          (slice) =>
            shares +
            Math.max(
              largest * minus,
              plus * maxOperands[slice] + minus * (largest - maxOperands[slice]),
            ),
        );
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

/** The weight whose operand is nearest to an activation's. */
function nearestCode(wanted: number, model: QuantizedModel): number {
  let best = 0;
  for (let code = 1; code < 2 ** model.weightWidth; code++) {
    const distance = Math.abs(weightOperand(code, model) - wanted);
    if (distance < Math.abs(weightOperand(best, model) - wanted)) best = code;
  }
  return best;
}

/** The image of the weight memory, and the first word of each operation (pooling has none: 0). */
export function weightImage(
  operations: readonly Operation[],
  model: QuantizedModel,
  { rows, cols, vectorRows, complementedWeights }: HardwareConfig,
): { image: MemoryImage; bases: number[] } {
  const words: bigint[] = [];
  const width = vectorRows * cols * model.weightWidth;
  const ones = 2n ** BigInt(width) - 1n;
  const bases = operations.map((operation) => {
    const base = words.length;
    const { layer } = operation;
    if (layer.kind !== 'adder' && layer.kind !== 'conv') return 0;
    let group: Uint8Array[] = [];
    for (const codes of passes(operation, layer, model, { rows, cols })) {
      group.push(codes);
      if (group.length < vectorRows) continue;
      const word = packWord(byColumn(group), model.weightWidth);
      words.push(complementedWeights ? ones ^ word : word);
      group = [];
    }
    return base;
  });
  // A network without array layers still has the memory; one tile of zeros keeps it legal.
  if (words.length === 0) words.push(...new Array<bigint>(rows / vectorRows).fill(0n));
  return {
    image: {
      file: 'weights.mem',
      comment: weightComment({ rows, cols, vectorRows, complementedWeights }, model.weightWidth),
      width,
      words,
    },
    bases,
  };
}

function weightComment(
  config: Pick<HardwareConfig, 'rows' | 'cols' | 'vectorRows' | 'complementedWeights'>,
  width: number,
): string {
  const { rows, cols, vectorRows, complementedWeights } = config;
  const codes = `${vectorRows * cols} ${complementedWeights ? 'complemented ' : ''}codes of ${width} bits`;
  const order = vectorRows > 1 ? `column 0 lowest, of it row 0` : 'column 0 lowest';
  return `weights: ${codes} a word (${order}), ${rows / vectorRows} words a tile`;
}

/** Codes of several rows as one word holds them: all of a column's side by side. */
function byColumn(rows: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from({ length: rows.length * rows[0].length }, (_, i) => {
    return rows[i % rows.length][Math.floor(i / rows.length)];
  });
}

function packWord(codes: ArrayLike<number>, width: number): bigint {
  let text = '';
  for (let i = codes.length - 1; i >= 0; i--) text += codes[i].toString(2).padStart(width, '0');
  return BigInt(`0b${text}`);
}

/** The rows of all passes, each as `cols` codes. */
function* passes(
  operation: Operation,
  layer: ArrayLayer,
  model: QuantizedModel,
  { rows, cols }: { rows: number; cols: number },
): Generator<Uint8Array> {
  const { walk, tiles, planes } = operation;
  const channels = layer.outputShape[2];
  const largest = 2 ** model.weightWidth - 1;
  const idle = codeOperands(layer.padCode, operation, model).map((operand) =>
    nearestCode(operand, model),
  );
  const bits = bitPasses(operation, model.actWidth);
  const tapTerms = walk.terms / (walk.kernelY * walk.kernelX);
  for (let tile = 0; tile < tiles; tile++) {
    for (const { plane, slice } of bits) {
      for (let tap = 0; tap < walk.kernelY * walk.kernelX; tap++) {
        for (let lane = 0; lane < walk.words * rows; lane++) {
          const codes = new Uint8Array(cols).fill(idle[slice]);
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
