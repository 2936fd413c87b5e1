/**
 * @file The plan of a design: every decision about the hardware as plain data that prints as JSON
 * (typed arrays apart). `generator/emit` only spells it.
 */
import type { OperandWidths } from '../../src/fixed/operand.ts';
import type { QuantizedLayer, QuantizedModel } from '../../src/quantize/types.ts';
import type { HardwareConfig } from '../config.ts';
import type { WeightCode } from './weight-code.ts';

/** Memories of activations: two that the post-op writes, and the input's. */
export type Bank = 'a' | 'b' | 'input';

/** One run of the datapath over one layer, or a copy that the planner inserted. */
export interface Operation {
  readonly layer: QuantizedLayer;
  /** A copy of a tensor that two ports must read at once. */
  readonly inserted: boolean;
  /** Name of the tensor whose values it writes. */
  readonly tensor: string;
  readonly pool: boolean;
  /** The map as the walker reads it: with a packed window, one pixel per output pixel. */
  readonly walk: WalkShape;
  /** Channels of a tile, and tiles. */
  readonly tileChannels: number;
  readonly tiles: number;
  /** Passes over the bits of weights and codes: one, but for multiplying layers. */
  readonly passes: readonly BitPass[];
  /** Bits of the codes it reads, and of its residual's codes (0 without one). */
  readonly codeWidth: number;
  readonly residualWidth: number;
}

/** What the walker's counters run over. */
export interface WalkShape {
  readonly inHeight: number;
  readonly inWidth: number;
  readonly kernelY: number;
  readonly kernelX: number;
  readonly stride: number;
  readonly pad: number;
  /** Activation words of a pixel in memory. */
  readonly pixelWords: number;
  /** Words of a pixel that a tap reads: all of them, but for pooling one. */
  readonly words: number;
  /** Lanes in use in a pixel's last word. */
  readonly lastLanes: number;
  /** Terms of one output value: what a channel's weights are for. */
  readonly terms: number;
}

/** First layer's window, packed on the input side; `null`: pixels are stored as they come. */
export interface InputWindow {
  readonly kernelY: number;
  readonly kernelX: number;
  readonly stride: number;
  readonly pad: number;
  readonly padCode: number;
}

/** Where an operation reads and writes. */
export interface Placement {
  readonly source: Bank;
  readonly sourceBase: number;
  readonly residual: { readonly bank: Bank; readonly base: number } | null;
  /** Base in each bank that is written; the network's output goes to the stream instead. */
  readonly writeA: number | null;
  readonly writeB: number | null;
  readonly toStream: boolean;
  readonly releasesInput: boolean;
}

/** Integers of the post-op as the hardware wants them, one a channel. */
export interface HardwareAffine {
  readonly mean: readonly number[];
  readonly mult: readonly number[];
  readonly shift: readonly number[];
  /** With the rounding half. */
  readonly bias: readonly number[];
  readonly resMult: readonly number[];
}

/** Widths of the post-op's registers, from the extremes of every channel of every operation. */
export interface ConstantWidths {
  readonly meanWidth: number;
  readonly diffWidth: number;
  readonly multWidth: number;
  readonly shiftWidth: number;
  readonly biasWidth: number;
  readonly resMultWidth: number;
  readonly totalWidth: number;
}

/** Bits of stored codes. */
export interface CodeWidths {
  readonly inputWidth: number;
  /** A code of banks A and B and of a residual. */
  readonly bankWidth: number;
  /** The wider of the two: what the feeder reads. */
  readonly codeWidth: number;
}

/** How the feeder makes an operand of a code: drop bits, keep some, move them up. */
export interface ArrayRead {
  /** Low bits of the code that are dropped, and bits above them that are kept. */
  readonly shift: number;
  readonly bits: number;
  /** What is dropped rounds to nearest and what does not fit saturates; otherwise the bits are cut out as they are. */
  readonly rounds: boolean;
  /** Zeros below what is kept. */
  readonly lift: number;
  /** The one bit that is kept fills the operand. */
  readonly spread: boolean;
}

/** One pass: some bits of the codes with some planes of the weights. */
export interface BitPass {
  readonly read: ArrayRead;
  /** Lowest plane of the weights (0: least significant), and how many there are. */
  readonly plane: number;
  readonly planes: number;
  /** The pass counts 2 to this power. */
  readonly exponent: number;
  /** The accumulators double before it; true for the very first pass too, which finds nothing. */
  readonly doubles: boolean;
}

/** Passes of all operations, and the reads that they choose from. */
export interface PassTable {
  readonly passes: readonly BitPass[];
  readonly reads: readonly ArrayRead[];
}

/** Bits of the datapath, each from a proven bound. */
export interface Widths extends ConstantWidths, CodeWidths {
  readonly operandWidth: number;
  readonly psumWidth: number;
  /** The array's sum or a pooled code. */
  readonly sumWidth: number;
  readonly accWidth: number;
  readonly monitorWidth: number;
  readonly outStreamWidth: number;
  readonly addrWidth: number;
  readonly dimWidth: number;
  readonly pixelsWidth: number;
  readonly wordsWidth: number;
  readonly kernelWidth: number;
  readonly passWidth: number;
  readonly tilesWidth: number;
}

/** A memory image: words of `width` bits, the last entry of a word's fields highest. */
export interface MemoryImage {
  readonly file: string;
  readonly comment: string;
  readonly width: number;
  /** One word each, as an unsigned integer. */
  readonly words: readonly bigint[];
}

/** Two columns' packed weights in one memory; the last of an odd number is alone. */
export interface WeightPair {
  readonly columns: readonly number[];
  /** First word of the second column; the first one's is 0. */
  readonly secondStart: number;
  readonly image: MemoryImage;
}

/** Weights as prefix words (weight-code.ts). */
export interface PackedWeights {
  readonly codeWidth: number;
  readonly wordWidth: number;
  /** Of every operation that has weights, in their order. */
  readonly codes: readonly WeightCode[];
  readonly pairs: readonly WeightPair[];
}

/** Bits, and block RAMs of 36 Kbit. */
export interface MemoryCost {
  readonly bits: number;
  readonly blocks: number;
}

/** The weight memory, and why it is plain or packed. */
export interface WeightMemory {
  readonly kind: 'plain' | 'packed';
  readonly images: readonly MemoryImage[];
  readonly packed: PackedWeights | null;
  readonly costs: {
    readonly plain: MemoryCost;
    readonly packed: MemoryCost;
    /** Estimated. */
    readonly decoderLut: number;
  };
  /** Block RAMs that packing must save at least, and what a saved one may cost. */
  readonly rule: { readonly leastSaved: number; readonly lutABlock: number };
}

/** A field of an operation's descriptor. */
export interface DescriptorField {
  readonly name: string;
  readonly width: number;
  readonly offset: number;
  readonly comment: string;
}

/** A field before it has a place, and its value for every operation. */
export interface FieldRule extends Omit<DescriptorField, 'offset'> {
  readonly value: (operation: Operation, placement: Placement, index: number) => number;
}

/** Everything the emitter needs. */
export interface HardwarePlan {
  readonly model: QuantizedModel;
  readonly config: HardwareConfig;
  readonly operations: readonly Operation[];
  readonly placements: readonly Placement[];
  readonly window: InputWindow | null;
  readonly inputWords: number;
  readonly depthA: number;
  readonly depthB: number;
  readonly poolLanes: number;
  /** Cycles between the beginnings of two passes, at least; and of two beats on one accumulator. */
  readonly loadGap: number;
  /** The same after a pass that ends its block: the weights begin again, or the next operation's. */
  readonly turnGap: number;
  readonly accGap: number;
  /** Widths of the array's activations and stored weights. */
  readonly array: OperandWidths;
  readonly table: PassTable;
  readonly widths: Widths;
  readonly fields: readonly DescriptorField[];
  readonly weightMemory: WeightMemory;
  readonly memories: {
    readonly weights: readonly MemoryImage[];
    readonly constants: MemoryImage;
    readonly operations: MemoryImage;
  };
  readonly cycles: readonly number[];
  readonly cyclesPerImage: number;
}
