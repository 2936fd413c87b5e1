import { postOp } from '../golden/post-op.ts';
import type { Issue } from '../issues.ts';
import {
  finishMoments,
  type Moments,
  mapMoments,
  mergeMoments,
  noMoments,
} from '../kernels/moments.ts';
import type { KernelModule } from '../kernels/web-assembly.ts';
import { type Accumulate, accumulatorOf, layerWithoutConstants } from './accumulate-layer.ts';
import { type FoldedWeights, foldWeights, largestAcc } from './fold-weights.ts';
import { freezeAffine } from './freeze-affine.ts';
import type { LoweredLayer } from './lowered.ts';
import { type MapCoding, operandCoding } from './map-coding.ts';
import { matchMoments } from './match-moments.ts';
import { nextTurn } from './next-turn.ts';
import { isPlainMaximum } from './tensor-groups.ts';
import type { QuantizedLayer } from './types.ts';
import type { QuantizeWidths } from './widths.ts';

/** Codes of one map for all calibration images. */
export type CodeMap = Uint8Array | Int32Array;

export interface LayerContext {
  readonly widths: QuantizeWidths;
  readonly module: KernelModule;
  readonly codings: ReadonlyMap<string, MapCoding>;
  readonly shifts: ReadonlyMap<string, number>;
  /** Codes of the maps that this and later layers read. */
  readonly codes: ReadonlyMap<string, CodeMap>;
  readonly count: number;
  /** Moments of each layer's float sums. */
  readonly raw: ReadonlyMap<string, Moments>;
}

export interface QuantizedStep {
  readonly layer: QuantizedLayer;
  readonly folded: FoldedWeights;
  /** Moments of the accumulators on the calibration images. */
  readonly integer: Moments;
  readonly codes: CodeMap;
}

/** Images between two turns of the event loop. */
const IMAGES_A_TURN = 16;
/** The accumulators of hardware and kernels are 32-bit integers. */
const ACC_LIMIT = 2 ** 31;

/** Quantize one layer behind layers that are quantized already: fold, correct, round, run. */
export async function quantizeLayer(
  layer: LoweredLayer,
  context: LayerContext,
  issues: Issue[],
): Promise<QuantizedStep> {
  const { widths, module, codings, count } = context;
  const input = codings.get(layer.input)!;
  const output = codings.get(layer.name)!;
  const residual = layer.residual && codings.get(layer.residual.input)!;
  const inputShift = context.shifts.get(layer.name) ?? 0;
  const read = layer.kind === 'adder' ? operandCoding(input, inputShift, widths.actWidth) : input;

  const folded = foldWeights(layer, read, widths);
  const accLimit = largestAcc(layer, folded, read, widths);
  if (accLimit >= ACC_LIMIT) issues.push(sumsTooWide(layer, accLimit));
  const bare = layerWithoutConstants(layer, folded, { input, inputShift, output, widths });
  const images = perImage(context.codes.get(layer.input) as Uint8Array, count);

  const accumulate = accumulatorOf(module, bare);
  const integer = await accumulatorMoments(images, accumulate, layer.outputShape[2]);
  const isExact = isPlainMaximum(layer);
  const float = context.raw.get(layer.name)!;
  const reading = isExact ? folded : matchMoments({ reading: folded, float, integer });
  const centre = Int32Array.from(integer.mean, (mean) => (isExact ? 0 : Math.round(mean)));
  const frozen = freezeAffine(
    { layer, reading, centre, largestAcc: accLimit, output, residual },
    issues,
  );
  const quantized = { ...bare, ...frozen };
  const residualCodes = layer.residual && context.codes.get(layer.residual.input)!;
  const codes = await runAll(quantized, { images, accumulate, residualCodes });
  return { layer: quantized, folded, integer, codes };
}

function perImage(codes: Uint8Array, count: number): Uint8Array[] {
  const size = codes.length / count;
  return Array.from({ length: count }, (_, i) => codes.subarray(i * size, (i + 1) * size));
}

async function accumulatorMoments(
  images: readonly Uint8Array[],
  accumulate: Accumulate,
  channels: number,
): Promise<Moments> {
  let moments = noMoments(channels);
  for (const [i, image] of images.entries()) {
    moments = mergeMoments(moments, mapMoments(accumulate(image), channels));
    if (i % IMAGES_A_TURN === 0) await nextTurn();
  }
  return finishMoments(moments);
}

/** Compute the layer's codes for all images. */
async function runAll(
  layer: QuantizedLayer,
  run: {
    readonly images: readonly Uint8Array[];
    readonly accumulate: Accumulate;
    readonly residualCodes: CodeMap | undefined;
  },
): Promise<CodeMap> {
  const { images, accumulate, residualCodes } = run;
  const [height, width, channels] = layer.outputShape;
  const size = height * width * channels;
  const length = images.length * size;
  const codes = layer.outSigned ? new Int32Array(length) : new Uint8Array(length);
  for (const [i, image] of images.entries()) {
    const acc = accumulate(image);
    for (let pixel = 0; pixel < size; pixel += channels) {
      for (let c = 0; c < channels; c++) {
        const place = i * size + pixel + c;
        const added = residualCodes ? residualCodes[place] : 0;
        codes[place] = postOp(layer, acc[pixel + c], c, added);
      }
    }
    if (i % IMAGES_A_TURN === 0) await nextTurn();
  }
  return codes;
}

function sumsTooWide(layer: LoweredLayer, accLimit: number): Issue {
  return {
    problem: `Cannot quantize layer "${layer.name}": its sums reach ${accLimit}, ${ACC_LIMIT - 1} is the largest`,
    remedy: 'Reduce the number of inputs of the layer, or the width of the activations',
  };
}
