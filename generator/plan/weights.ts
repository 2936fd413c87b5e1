/**
 * @file Weights as the array wants them, and what that adds to a channel's sum.
 *
 * The weight memory holds, in the order of the passes (tile, bit pass, ky, kx, word), `rows` words of `cols`
 * weights: codes, or operands where adder layers differ (array-widths.ts). A multiplying layer's passes (bit-passes.ts) make
 * its weight W of weights between 0 and the largest one, so its sum is `W x` plus a constant. Lanes without a channel read
 * the padding code; their weight is the one nearest to it and the difference, 0 for equal widths, is a constant too.
 * Elements that share the activations' sum add every weight, as it is stored: one more constant of the channel.
 */
import { type OperandWidths, weightOperand } from '../../src/fixed/operand.ts';
import type { ArrayLayer } from '../../src/quantize/types.ts';
import type { HardwareConfig } from '../config.ts';
import { sharesActSum } from '../element.ts';
import { codeOperand } from './array-reads.ts';
import { elementZeros, layerZeros } from './array-widths.ts';
import { idleDifference, idleWeight, passWeight } from './pass-weights.ts';
import type { BitPass, MemoryImage, Operation } from './types.ts';

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
  array: OperandWidths,
  config: HardwareConfig,
): SumBounds {
  const { rows } = config;
  const { layer, walk, codeWidth, passes } = operation;
  const channels = layer.outputShape[2];
  const maxCode = 2 ** codeWidth - 1;
  if (layer.kind !== 'adder' && layer.kind !== 'conv') {
    const terms = layer.kind === 'maxPool' ? 1 : layer.kernel[0] * layer.kernel[1];
    return { offset: new Array(channels).fill(0), scale: 0, max: terms * maxCode };
  }
  // What a lane adds over all passes, whose operands are independent of each other.
  const overPasses = (value: (pass: BitPass) => number): number =>
    passes.reduce((sum, pass) => sum + 2 ** pass.exponent * value(pass), 0);
  const share = storedShare(array, config);
  const blank =
    idleLanes(operation, rows) *
    overPasses(
      (pass) =>
        idleDifference(layer.padCode, pass, array) + share(idleWeight(layer.padCode, pass, array)),
    );
  const weigh = remember((weight) => {
    const stored = new Map(
      passes.map((pass) => [pass, passWeight(operation, weight, pass, array)]),
    );
    const operand = (pass: BitPass) => weightOperand(stored.get(pass)!, array);
    const shares = overPasses((pass) => share(stored.get(pass)!));
    return {
      // An operand of 0 meets the weight itself.
      constant: (layer.kind === 'conv' ? overPasses(operand) : 0) + shares,
      bound:
        shares +
        largestOfReads(passes, (pass) => {
          const most = codeOperand(maxCode, pass.read, array);
          return [operand(pass), Math.abs(most - operand(pass))];
        }),
    };
  });
  const offset: number[] = [];
  let max = 0;
  for (let channel = 0; channel < channels; channel++) {
    let constant = blank;
    let bound = blank;
    for (let term = 0; term < walk.terms; term++) {
      const weighed = weigh(layer.weights[channel * walk.terms + term]);
      constant += weighed.constant;
      bound += weighed.bound;
    }
    offset.push(constant);
    max = Math.max(max, bound);
  }
  const scale = layer.kind === 'adder' ? layerZeros(layer, array) : elementZeros(array);
  return { offset, scale, max };
}

/** What an element adds of a weight itself: nothing, or its operand as it is stored. */
function storedShare(array: OperandWidths, config: HardwareConfig): (weight: number) => number {
  if (!sharesActSum(config)) return () => 0;
  const largest = 2 ** array.weightWidth - 1;
  return (weight) => weightOperand(config.complementedWeights ? largest - weight : weight, array);
}

/** A function of integers that computes each value once. */
function remember<T>(compute: (key: number) => T): (key: number) => T {
  const known = new Map<number, T>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}

/**
 * The largest sum of a term over passes. Passes that read the same bits of the code see the same operand, and their sum is
 * largest with the smallest or the largest one; `ends` gives a pass's differences with both.
 */
function largestOfReads(
  passes: readonly BitPass[],
  ends: (pass: BitPass) => readonly [number, number],
): number {
  const sums = new Map<number, [number, number]>();
  for (const pass of passes) {
    const sum = sums.get(pass.read.shift) ?? [0, 0];
    ends(pass).forEach((difference, end) => {
      sum[end] += 2 ** pass.exponent * difference;
    });
    sums.set(pass.read.shift, sum);
  }
  return [...sums.values()].reduce((total, sum) => total + Math.max(...sum), 0);
}

/** Lanes of all of an output's words that carry no term. */
function idleLanes({ walk }: Operation, rows: number): number {
  return walk.kernelY * walk.kernelX * walk.words * rows - walk.terms;
}

/** The image of the weight memory, and the first word of each operation (pooling has none: 0). */
export function weightImage(
  operations: readonly Operation[],
  array: OperandWidths,
  { rows, cols, vectorRows, complementedWeights }: HardwareConfig,
): { image: MemoryImage; bases: number[] } {
  const words: bigint[] = [];
  const width = vectorRows * cols * array.weightWidth;
  const ones = 2n ** BigInt(width) - 1n;
  const bases = operations.map((operation) => {
    const base = words.length;
    const { layer } = operation;
    if (layer.kind !== 'adder' && layer.kind !== 'conv') return 0;
    let group: Uint8Array[] = [];
    for (const codes of passWords(operation, layer, array, { rows, cols })) {
      group.push(codes);
      if (group.length < vectorRows) continue;
      const word = packWord(byColumn(group), array.weightWidth);
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
      comment: weightComment({ rows, cols, vectorRows, complementedWeights }, array.weightWidth),
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
  const order = vectorRows > 1 ? 'column 0 lowest, of it row 0' : 'column 0 lowest';
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

/** The rows of all passes, each as `cols` weights. */
function* passWords(
  operation: Operation,
  layer: ArrayLayer,
  array: OperandWidths,
  { rows, cols }: { rows: number; cols: number },
): Generator<Uint8Array> {
  const { walk, tiles, passes } = operation;
  const channels = layer.outputShape[2];
  const prepared = passes.map((pass) => ({
    idle: idleWeight(layer.padCode, pass, array),
    stored: remember((weight) => passWeight(operation, weight, pass, array)),
  }));
  const tapTerms = walk.terms / (walk.kernelY * walk.kernelX);
  for (let tile = 0; tile < tiles; tile++) {
    for (const { idle, stored } of prepared) {
      for (let tap = 0; tap < walk.kernelY * walk.kernelX; tap++) {
        for (let lane = 0; lane < walk.words * rows; lane++) {
          const codes = new Uint8Array(cols).fill(idle);
          for (let col = 0; col < cols && lane < tapTerms; col++) {
            const channel = tile * cols + col;
            if (channel >= channels) break;
            codes[col] = stored(layer.weights[channel * walk.terms + tap * tapTerms + lane]);
          }
          yield codes;
        }
      }
    }
  }
}
