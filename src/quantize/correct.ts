/**
 * @file Pass 5, correct: what each layer's sums read as, found layer by layer behind layers that are corrected already.
 */
import { saturate } from '../fixed/round.ts';
import { finishMoments, mapMoments, mergeMoments, noMoments } from '../kernels/moments.ts';
import type { KernelModule } from '../kernels/web-assembly.ts';
import { INPUT } from '../model/types.ts';
import { type Accumulate, accumulatorOf, layerWithoutConstants } from './accumulate-layer.ts';
import { affineGains } from './affine-gains.ts';
import { addToFit, explainedShare, startFit } from './fit-error.ts';
import type { FoldedLayer } from './fold-network.ts';
import { matchMoments, type Reading } from './match-moments.ts';
import { nextTurn } from './next-turn.ts';
import type { Observation } from './observed.ts';
import { type Correction, correctReading } from './rounding.ts';
import { isPlainMaximum } from './tensor-groups.ts';

/** Codes of one map for all images. */
type CodeMap = Uint8Array | Int32Array;

export interface CorrectContext {
  readonly module: KernelModule;
  /** The input's codes, image after image. */
  readonly imageCodes: Uint8Array;
  readonly count: number;
  /** What the float network does on the same images; without it nothing is corrected. */
  readonly observation?: Observation;
  /** Corrections that the network was fine-tuned with, by layer; they replace the measured ones. */
  readonly corrections?: ReadonlyMap<string, Correction> | undefined;
  /** Told the share of the layers that is done. */
  readonly progress?: (share: number) => void;
}

/** A layer whose sums can be read as reals. */
export interface CorrectedLayer {
  readonly reading: Reading;
  /** The accumulator that each channel is centred on. */
  readonly centre: Int32Array;
}

export interface CorrectedNetwork {
  readonly layers: readonly CorrectedLayer[];
  /** Codes of the network's output, `[image, output]`. */
  readonly outputs: CodeMap;
}

/** Images between two turns of the event loop. */
const IMAGES_A_TURN = 16;

/**
 * Fit each channel's integer sums to the float network's (`matchMoments`), in order: a layer is corrected on the codes of
 * the corrected layers before it, so it also takes up what they left over. Constants stay real numbers here.
 * Without an observation it only runs the network as it stands.
 */
export async function correct(
  network: readonly FoldedLayer[],
  context: CorrectContext,
): Promise<CorrectedNetwork> {
  const { module, imageCodes, count, observation, corrections, progress } = context;
  const codes = new Map<string, CodeMap>([[INPUT, imageCodes]]);
  const layers: CorrectedLayer[] = [];
  for (const [i, folded] of network.entries()) {
    const { layer } = folded;
    const images = perImage(codes.get(layer.input) as Uint8Array, count);
    const accumulate = accumulatorOf(module, layerWithoutConstants(folded));
    const correction = corrections?.get(layer.name);
    const corrected =
      observation && !isPlainMaximum(layer)
        ? await correctLayer(folded, { images, accumulate, observation, correction })
        : { reading: folded.folded, centre: new Int32Array(layer.outputShape[2]) };
    layers.push(corrected);
    const residual = layer.residual && codes.get(layer.residual.input)!;
    codes.set(layer.name, await runLayer(folded, corrected, { images, accumulate, residual }));
    forget(codes, network.slice(i + 1), layer.name);
    progress?.((i + 1) / network.length);
  }
  return { layers, outputs: codes.get(network[network.length - 1].layer.name)! };
}

interface LayerRun {
  readonly images: readonly Uint8Array[];
  readonly accumulate: Accumulate;
}

async function correctLayer(
  { layer, folded }: FoldedLayer,
  {
    images,
    accumulate,
    observation,
    correction,
  }: LayerRun & { readonly observation: Observation; readonly correction: Correction | undefined },
): Promise<CorrectedLayer> {
  const channels = layer.outputShape[2];
  const { tracedCount } = observation;
  const trace = observation.traces.get(layer.raw.node)!;
  const size = trace.length / tracedCount;
  const fit = startFit(channels);
  let moments = noMoments(channels);
  for (const [i, image] of images.entries()) {
    const acc = accumulate(image);
    moments = mergeMoments(moments, mapMoments(acc, channels));
    if (i < tracedCount) addToFit(fit, trace.subarray(i * size, (i + 1) * size), acc);
    if (i % IMAGES_A_TURN === 0) await nextTurn();
  }
  const integer = finishMoments(moments);
  const float = observation.raw.get(layer.name)!;
  return {
    reading: correction
      ? correctReading(folded, correction)
      : matchMoments({ reading: folded, float, integer, explained: explainedShare(fit) }),
    centre: Int32Array.from(integer.mean, Math.round),
  };
}

/** Compute a layer's codes for all images, with real constants. */
async function runLayer(
  { layer, output, residual: coding }: FoldedLayer,
  { reading }: CorrectedLayer,
  { images, accumulate, residual }: LayerRun & { readonly residual: CodeMap | undefined },
): Promise<CodeMap> {
  const { gain, base, residualGain } = affineGains({ layer, reading, output, residual: coding });
  const zero = coding?.zeroPoint ?? 0;
  const low = layer.isRectified ? Math.max(output.zeroPoint, output.lowCode) : output.lowCode;
  const high = output.highCode;
  const [height, width, channels] = layer.outputShape;
  const size = height * width * channels;
  const length = images.length * size;
  const codes = output.lowCode < 0 ? new Int32Array(length) : new Uint8Array(length);
  for (const [i, image] of images.entries()) {
    const acc = accumulate(image);
    for (let pixel = 0; pixel < size; pixel += channels) {
      for (let c = 0; c < channels; c++) {
        const place = i * size + pixel + c;
        const added = residual ? residualGain[c] * (residual[place] - zero) : 0;
        const code = Math.floor(gain[c] * acc[pixel + c] + base[c] + added + 0.5);
        codes[place] = saturate(code, low, high);
      }
    }
    if (i % IMAGES_A_TURN === 0) await nextTurn();
  }
  return codes;
}

function perImage(codes: Uint8Array, count: number): Uint8Array[] {
  const size = codes.length / count;
  return Array.from({ length: count }, (_, i) => codes.subarray(i * size, (i + 1) * size));
}

/** Drop the maps that no later layer reads. */
function forget(codes: Map<string, CodeMap>, later: readonly FoldedLayer[], latest: string): void {
  const isNeeded = (name: string) =>
    later.some(({ layer }) => layer.input === name || layer.residual?.input === name);
  for (const name of codes.keys()) if (name !== latest && !isNeeded(name)) codes.delete(name);
}
