import { evaluateFloat, nodeMoments, traceFloat } from '../kernels/evaluate-float.ts';
import type { Moments } from '../kernels/moments.ts';
import { type FloatModel, INPUT } from '../model/types.ts';
import type { Progress } from '../progress.ts';
import type { LoweredLayer, LoweredNetwork } from './lowered.ts';
import type { Observation } from './observed.ts';

export interface CalibrationImages {
  /** Bytes, `[image, height, width, channels]`. */
  readonly images: Uint8Array;
  readonly count: number;
  readonly threads?: number | undefined;
}

/** Floats that traces may take: 256 MiB. */
const TRACE_LIMIT = 2 ** 26;
const MOST_TRACED = 32;

/** Run the float network over the calibration images and keep what the other passes need. */
export async function observe(
  model: FloatModel,
  network: LoweredNetwork,
  calibration: CalibrationImages,
  progress: Progress,
): Promise<Observation> {
  const { images, count } = calibration;
  const threads = calibration.threads === undefined ? {} : { threads: calibration.threads };
  const batch = { model, images, ...threads };
  const rawNodes = [...new Set(network.layers.map(({ raw }) => raw.node))];
  const nodes = [...new Set([INPUT, ...rawNodes, ...network.layers.map(({ node }) => node)])];
  const tracedCount = Math.min(count, Math.max(4, Math.min(MOST_TRACED, tracesThatFit(network))));

  const moments = await nodeMoments({ ...batch, count, nodes: rawNodes, progress });
  const traces = await traceFloat({ ...batch, count: tracedCount, keep: nodes });
  const outputs = await evaluateFloat({ ...batch, count });
  const raw = network.layers.map(
    (layer) => [layer.name, rawMoments(layer, moments.get(layer.raw.node)!)] as const,
  );
  return { raw: new Map(raw), traces, tracedCount, outputs };
}

function tracesThatFit({ layers, inputShape }: LoweredNetwork): number {
  const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  const floats = layers.reduce((sum, { outputShape }) => sum + 2 * size(outputShape), 0);
  return Math.floor(TRACE_LIMIT / (floats + size(inputShape)));
}

/** `raw = factor * (value - bias)`. */
function rawMoments({ raw }: LoweredLayer, { mean, variance }: Moments): Moments {
  return {
    mean: mean.map((m, c) => raw.factor * (m - (raw.bias?.[c] ?? 0))),
    variance: variance.map((v) => raw.factor ** 2 * v),
  };
}
