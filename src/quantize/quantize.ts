/**
 * @file From a float network to a network of integers: the passes, in their order.
 */
import { evaluateInteger } from '../kernels/evaluate-integer.ts';
import { type FloatModel, INPUT, type Rounding } from '../model/types.ts';
import { type Progress, silent } from '../progress.ts';
import { checkTrainingImages, type TrainingImages } from '../training-images.ts';
import { calibrate } from './calibrate.ts';
import { chooseRanges, widestRanges } from './choose-ranges.ts';
import { codeImages, codeInput } from './code-input.ts';
import { compareOutputs } from './compare-outputs.ts';
import { correct } from './correct.ts';
import { type FoldedLayer, foldNetwork } from './fold-network.ts';
import { freezeNetwork } from './freeze-network.ts';
import type { ChosenCodings } from './observed.ts';
import { clampedShare, type PassReport, type QuantizeReport, reportLayer } from './report.ts';
import { recordRounding, trainedRounding } from './rounding.ts';
import type { QuantizedModel } from './types.ts';
import { warningsOf } from './warnings.ts';
import { completeWidths, type OpenWidths } from './widths.ts';

/** Widths that are left open follow from the others (`completeWidths`). */
export interface QuantizeOptions extends OpenWidths {
  readonly model: FloatModel;
  /** `[image, height, width, channels]` bytes. */
  readonly images: TrainingImages;
  /** Number of images; 512 are a good number. */
  readonly count: number;
  /** Threads of the networks' runs; all cores when not given. */
  readonly threads?: number;
  readonly progress?: Progress;
}

export interface QuantizeResult {
  readonly model: QuantizedModel;
  readonly report: QuantizeReport;
  /** What fine-tuning needs to compute as this integer network does. */
  readonly rounding: Rounding;
}

/** Images that every pass's result is measured on: the first of the calibration images. */
const MEASURED_IMAGES = 128;

/**
 * Quantize a trained network after training, calibrated on training images without their labels.
 *
 * 1. calibrate: cut the graph into layers, run it      2. choose ranges: one coding a map
 * 3. clamp: weights to their input's range, exactly    4. round: weights to their grid
 * 5. correct: each channel's mean and variance         6. freeze: constants to integers
 *
 * A model that was fine-tuned for these widths is rounded as it was trained: passes 2 and 5 take its own ranges and
 * corrections. Deterministic. Throws a DesignError for widths, images and graphs that cannot be quantized.
 */
export async function quantize(options: QuantizeOptions): Promise<QuantizeResult> {
  const { model, images, count, threads, progress = silent } = options;
  checkTrainingImages(images);
  const widths = completeWidths(options);
  const observed = await calibrate({ model, images, count, threads, widths }, (done) =>
    progress(done, 2 * count, 'images'),
  );
  const { network, observation, module } = observed;
  const passes: PassReport[] = [];
  const measured = Math.min(count, MEASURED_IMAGES);
  const outputSize = observation.outputs.length / count;
  const firstOutputs = observation.outputs.subarray(0, measured * outputSize);
  const note = (name: PassReport['name'], outputs: ArrayLike<number>, step: number) =>
    passes.push({
      name,
      ...compareOutputs(firstOutputs, outputs, { count: measured, step }),
    });
  /** The outputs of the network as it stands, nothing corrected. */
  const run = async (layers: readonly FoldedLayer[], { codings }: ChosenCodings) => {
    const input = codeInput(model, codings.get(INPUT)!);
    const few = images.subarray(0, (measured * images.length) / count);
    const imageCodes = codeImages(input, few, measured);
    return (await correct(layers, { module, imageCodes, count: measured })).outputs;
  };

  const wide = await widestRanges(observed, widths, model.normalization);
  const step = wide.codings.get(network.layers[network.layers.length - 1].name)!.step;
  const unchosen = foldNetwork(network, wide, { widths, isRounded: false });
  note('calibrate', await run(unchosen, wide), step);

  const trained = trainedRounding(model, network, widths);
  const chosen = trained ?? (await chooseRanges(observed, widths, model.normalization));
  const clamped = foldNetwork(network, chosen, { widths, isRounded: false });
  const asChosen = await run(clamped, chosen);
  // The maps of both are the same: clamping is exact.
  note('choose ranges', asChosen, step);
  note('clamp', asChosen, step);

  const rounded = foldNetwork(network, chosen, { widths, isRounded: true });
  note('round', await run(rounded, chosen), step);

  const input = codeInput(model, chosen.codings.get(INPUT)!);
  const corrected = await correct(rounded, {
    module,
    imageCodes: codeImages(input, images, count),
    count,
    observation,
    corrections: trained?.corrections,
    progress: (share) => progress(Math.round(count * (1 + share)), 2 * count, 'images'),
  });
  note('correct', corrected.outputs, step);

  const layers = freezeNetwork(rounded, corrected.layers);
  const { actWidth, weightWidth } = widths;
  const { name, arch, provenance } = model;
  const quantized: QuantizedModel = {
    ...{ name, arch, actWidth, weightWidth, input, layers },
    provenance: { ...provenance, calibrationImages: String(count) },
  };
  const outputs = await evaluateInteger({
    model: quantized,
    images,
    count,
    ...(threads !== undefined && { threads }),
  });
  note('freeze', outputs, step);
  const reports = rounded.map((layer) => reportLayer(layer, observation));
  return {
    model: quantized,
    report: {
      images: count,
      ...widths,
      isTrained: trained !== undefined,
      ...compareOutputs(observation.outputs, outputs, { count, step }),
      passes,
      measuredImages: measured,
      clampedShare: clampedShare(rounded),
      layers: reports,
      warnings: warningsOf(network, reports),
    },
    rounding: recordRounding(
      chosen,
      widths,
      rounded.map((layer, i) => ({ ...layer, reading: corrected.layers[i].reading })),
    ),
  };
}
