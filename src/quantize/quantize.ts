/**
 * @file From a float network to a network of integers: the passes, in their order.
 */
import { inputCodes } from '../golden/input-codes.ts';
import { type Issue, throwIfAny } from '../issues.ts';
import { type FloatModel, INPUT, type Rounding } from '../model/types.ts';
import { type Progress, silent } from '../progress.ts';
import { agreement } from './agreement.ts';
import { calibrate } from './calibrate.ts';
import { codeInput } from './code-input.ts';
import type { LoweredNetwork } from './lowered.ts';
import { type CodeMap, type LayerContext, quantizeLayer } from './quantize-layer.ts';
import { type LayerReport, type QuantizeReport, reportLayer, warningsOf } from './report.ts';
import { type RoundedLayer, recordRounding } from './rounding.ts';
import type { InputCodes, QuantizedLayer, QuantizedModel } from './types.ts';
import { completeWidths, type OpenWidths } from './widths.ts';

/** Widths that are left open follow from the others (`completeWidths`). */
export interface QuantizeOptions extends OpenWidths {
  readonly model: FloatModel;
  /** Training images, `[image, height, width, channels]` bytes. */
  readonly images: Uint8Array;
  /** Number of images; 512 are a good number. */
  readonly count: number;
  /** Threads of the float network's runs; all cores when not given. */
  readonly threads?: number;
  readonly progress?: Progress;
}

export interface QuantizeResult {
  readonly model: QuantizedModel;
  readonly report: QuantizeReport;
  /** What fine-tuning needs to compute as this integer network does. */
  readonly rounding: Rounding;
}

/**
 * Quantize a trained network after training, calibrated on training images.
 *
 * 1. lower: cut the graph into layers            2. observe: run the float network
 * 3. choose ranges: one coding a map             then, layer by layer behind quantized layers,
 * 4. fold: clamp and round weights               5. correct: match each channel's mean and variance
 * 6. freeze: round the constants                 7. run: the codes that the next layers are corrected on
 *
 * A model that was fine-tuned for these widths is rounded as it was trained: steps 3 and 5 take its own ranges and
 * corrections. Deterministic. Throws a DesignError for widths, images and graphs that cannot be quantized.
 */
export async function quantize(options: QuantizeOptions): Promise<QuantizeResult> {
  const { model, images, count, threads, progress = silent } = options;
  const widths = completeWidths(options);
  const { network, observation, module, codings, shifts, corrections } = await calibrate(
    { model, images, count, threads, widths },
    (done) => progress(done, 2 * count, 'images'),
  );
  const input = codeInput(model, codings.get(INPUT)!);

  const imageCodes = codeImages(input, images, count);
  const layerContext = {
    widths,
    module,
    codings,
    shifts,
    count,
    raw: observation.raw,
    corrections,
  };
  const run = await quantizeLayers(network, layerContext, imageCodes, (share) =>
    progress(Math.round(count * (1 + share)), 2 * count, 'images'),
  );
  return {
    model: {
      name: model.name,
      arch: model.arch,
      actWidth: widths.actWidth,
      weightWidth: widths.weightWidth,
      input,
      layers: run.layers,
      provenance: { ...model.provenance, calibrationImages: String(count) },
    },
    report: {
      images: count,
      ...widths,
      isTrained: corrections !== undefined,
      agreement: agreement(observation.outputs, run.outputs, count),
      layers: run.reports,
      warnings: warningsOf(network, run.reports),
    },
    rounding: recordRounding({ codings, shifts }, widths, run.rounded),
  };
}

function codeImages(input: InputCodes, images: Uint8Array, count: number): Uint8Array {
  const size = images.length / count;
  const codes = new Uint8Array(images.length);
  for (let at = 0; at < images.length; at += size) {
    codes.set(inputCodes({ input }, images.subarray(at, at + size)), at);
  }
  return codes;
}

async function quantizeLayers(
  { layers: lowered }: LoweredNetwork,
  context: Omit<LayerContext, 'codes'>,
  imageCodes: Uint8Array,
  progress: (share: number) => void,
) {
  const codes = new Map<string, CodeMap>([[INPUT, imageCodes]]);
  const layers: QuantizedLayer[] = [];
  const reports: LayerReport[] = [];
  const rounded: RoundedLayer[] = [];
  const issues: Issue[] = [];
  for (const [i, layer] of lowered.entries()) {
    const step = await quantizeLayer(layer, { ...context, codes }, issues);
    layers.push(step.layer);
    rounded.push({ layer, widths: context.widths, folded: step.folded, reading: step.reading });
    const coding = context.codings.get(layer.name)!;
    reports.push(reportLayer(layer, step, { coding, raw: context.raw.get(layer.name)! }));
    codes.set(layer.name, step.codes);
    const later = lowered.slice(i + 1);
    const isNeeded = (name: string) =>
      later.some((reader) => reader.input === name || reader.residual?.input === name);
    for (const name of codes.keys()) {
      if (name !== layer.name && !isNeeded(name)) codes.delete(name);
    }
    progress((i + 1) / lowered.length);
  }
  throwIfAny(issues);
  return { layers, reports, rounded, outputs: codes.get(lowered[lowered.length - 1].name)! };
}
