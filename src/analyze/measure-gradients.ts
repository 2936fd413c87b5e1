/**
 * @file The weight gradients of one batch, layer by layer: what eq 9 to 11 of the paper are about.
 */
import * as tf from '@tensorflow/tfjs-core';
import { fail } from '../issues.ts';
import { inferShapes } from '../model/infer-shapes.ts';
import { quote } from '../model/names.ts';
import type { FloatModel } from '../model/types.ts';
import { buildNetwork } from '../train/network/build-network.ts';
import { gradientStep } from '../train/network/gradient-step.ts';
import { parameterCount, parametersOf, parameterView } from '../train/network/parameters.ts';
import { localScale } from '../train/optimize/sgd.ts';
import { findLayers } from './find-layers.ts';
import type { LayerGradient, NetworkAnalysis } from './types.ts';

/** Most images of the batch: a shard of the CIFAR-10 recipes, which shares one batch normalization. */
const MOST_IMAGES = 64;

/** A batch with labels. */
export interface GradientBatch {
  readonly model: FloatModel;
  /** Bytes, `[height, width, channels]` each. */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly count: number;
  /** Of the adaptive rate, eq 11. */
  readonly eta: number;
}

/**
 * Norm of the weight gradient of each layer, and for adder layers what the adaptive rate makes of it.
 *
 * The backend is chosen beforehand (`useBackend`). Batch normalizations use the batch's own statistics, as in
 * training. Throws a `DesignError` where the network cannot be trained or has fewer outputs than labels.
 */
export function measureGradients(batch: GradientBatch): NetworkAnalysis['gradients'] {
  const { model, eta } = batch;
  checkLabels(batch);
  const images = Math.min(batch.count, MOST_IMAGES);
  const parameters = parametersOf(model);
  const gradients = new Float32Array(parameterCount(parameters));
  const network = buildNetwork(model);
  const tensor = normalizedImages(batch, images);
  try {
    const labels = batch.labels.subarray(0, images);
    const { loss } = gradientStep(network, { images: tensor, labels }, gradients);
    const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
    const layers = findLayers(model).map(({ name, kind, weightName }): LayerGradient => {
      const gradient = parameterView(byName.get(weightName)!, gradients);
      const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
      const alpha = localScale(gradient, { kind: 'adaptive', eta });
      return {
        layer: name,
        kind,
        weights: gradient.length,
        norm,
        ...(kind === 'adder' ? { adaptive: { alpha, norm: alpha * norm } } : {}),
      };
    });
    return { images, loss, layers };
  } finally {
    tensor.dispose();
    network.dispose();
  }
}

function checkLabels({ model, labels }: GradientBatch): void {
  const [rows, columns, channels] = inferShapes(model).get(model.nodes.at(-1)!.name)!;
  const outputs = rows * columns * channels;
  const largest = labels.reduce((most, label) => Math.max(most, label), 0);
  if (largest < outputs) return;
  fail(
    `Cannot take gradients of ${quote(model.name)}: it has ${outputs} outputs, the images have labels up to ${largest}`,
    'Choose the data set that the model was trained on',
  );
}

function normalizedImages({ model, images }: GradientBatch, count: number): tf.Tensor4D {
  const { mean, std } = model.normalization;
  const [rows, columns, channels] = model.inputShape;
  const values = new Float32Array(count * rows * columns * channels);
  for (let i = 0; i < values.length; i++) {
    const c = i % channels;
    values[i] = (images[i] / 255 - mean[c]) / std[c];
  }
  return tf.tensor4d(values, [count, rows, columns, channels]);
}
