/**
 * @file What fewer bits in one adder layer do to the network's output, for every layer and width.
 *
 * Measured in two parts that are cheap: the error at the layer's own output for every width (as ranges are judged), and,
 * once a layer, what of such an error arrives at the output, by running the network with this layer narrow and all others
 * wide. Both errors are small beside the signal, so one factor a layer turns the first into the second.
 */
import type { OperandWidths } from '../fixed/operand.ts';
import { type FloatModel, INPUT } from '../model/types.ts';
import { checkTrainingImages } from '../training-images.ts';
import type { Sensitivities } from './allocate-widths.ts';
import { calibrate } from './calibrate.ts';
import { chooseRanges } from './choose-ranges.ts';
import { codeImages, codeInput } from './code-input.ts';
import { compareOutputs } from './compare-outputs.ts';
import { correct } from './correct.ts';
import { foldNetwork } from './fold-network.ts';
import { localErrors } from './local-errors.ts';
import type { LoweredNetwork } from './lowered.ts';
import type { ChosenCodings, Observed } from './observed.ts';
import type { QuantizeOptions } from './quantize.ts';
import { completeWidths, type QuantizeWidths } from './widths.ts';

/** Widths that are tried; 7 bits are never far from 6 or 8. */
export const TRIED_WIDTHS: readonly number[] = [2, 3, 4, 5, 6, 8];
const WIDE: OperandWidths = { actWidth: 8, weightWidth: 8 };
/** Narrow enough to show above everything else, wide enough for the factor to hold. */
const PROBE: OperandWidths = { actWidth: 3, weightWidth: 3 };
/** Images of the local errors: a map has thousands of pixels. */
const LOCAL_IMAGES = 4;
/** Images of the runs of the whole network. */
const RUN_IMAGES = 32;

export interface WidthStudy {
  readonly network: LoweredNetwork;
  /** Squared error of the outputs, as a share of their variance. */
  readonly sensitivities: Sensitivities;
}

/** Measure all widths of all adder layers on training images. Deterministic; throws as `quantize` does. */
export async function studyWidths(
  options: Pick<QuantizeOptions, 'model' | 'images' | 'count' | 'threads'>,
): Promise<WidthStudy> {
  const { model, images, count, threads } = options;
  checkTrainingImages(images);
  const taken = Math.min(count, RUN_IMAGES);
  const few = images.subarray(0, (taken * images.length) / count);
  const widths = completeWidths(WIDE);
  const observed = await calibrate({ model, images: few, count: taken, threads, widths }, () => {});
  const shortly = withFewerTraces(observed, LOCAL_IMAGES);
  const errors = await localErrors(
    shortly,
    { widths, normalization: model.normalization },
    TRIED_WIDTHS,
  );
  const arrive = await measureArrival(observed, shortly, { model, images: few, widths });
  const { layers } = observed.network;
  const adders = layers.filter(({ kind }) => kind === 'adder');
  return {
    network: observed.network,
    sensitivities: new Map(
      adders.map(({ name }) => {
        const { read, weigh } = errors.get(name)!;
        const share = (pair: OperandWidths) =>
          read.get(pair.actWidth)! + weigh.get(pair.weightWidth)!;
        const factor = arrive.get(name)! / Math.max(share(PROBE), Number.MIN_VALUE);
        const pairs = TRIED_WIDTHS.flatMap((actWidth) =>
          TRIED_WIDTHS.map((weightWidth) => ({ actWidth, weightWidth })),
        );
        return [name, pairs.map((pair) => ({ ...pair, error: factor * share(pair) }))];
      }),
    ),
  };
}

function withFewerTraces(observed: Observed, wanted: number): Observed {
  const { observation } = observed;
  const tracedCount = Math.min(wanted, observation.tracedCount);
  const traces = new Map(
    [...observation.traces].map(([node, map]) => [
      node,
      map.subarray(0, (tracedCount * map.length) / observation.tracedCount),
    ]),
  );
  return { ...observed, observation: { ...observation, traces, tracedCount } };
}

/** Error at the output when one adder layer alone is as narrow as the probe, by layer. */
async function measureArrival(
  observed: Observed,
  shortly: Observed,
  run: {
    readonly model: FloatModel;
    readonly images: Uint8Array;
    readonly widths: QuantizeWidths;
  },
): Promise<Map<string, number>> {
  const { layers } = observed.network;
  const adders = layers.filter(({ kind }) => kind === 'adder').map(({ name }) => name);
  const { normalization } = run.model;
  const wide = await chooseRanges(shortly, run.widths, normalization);
  const base = await outputError(observed, wide, run);
  const arrived = new Map<string, number>();
  for (const anew of adders) {
    const widths = { ...run.widths, layerWidths: new Map([[anew, PROBE]]) };
    const chosen = await chooseRanges(shortly, widths, normalization, { ...wide, anew });
    const error = await outputError(observed, chosen, { ...run, widths });
    arrived.set(anew, Math.max(0, error - base));
  }
  return arrived;
}

async function outputError(
  { network, observation, module }: Observed,
  chosen: ChosenCodings,
  {
    model,
    images,
    widths,
  }: {
    readonly model: FloatModel;
    readonly images: Uint8Array;
    readonly widths: QuantizeWidths;
  },
): Promise<number> {
  const last = network.layers[network.layers.length - 1];
  const count = observation.outputs.length / last.outputShape.reduce((a, b) => a * b, 1);
  const input = codeInput(model, chosen.codings.get(INPUT)!);
  const imageCodes = codeImages(input, images, count);
  const folded = foldNetwork(network, chosen, { widths, isRounded: true });
  const { outputs } = await correct(folded, { module, imageCodes, count, observation });
  const { step } = chosen.codings.get(last.name)!;
  return compareOutputs(observation.outputs, outputs, { count, step }).error;
}
