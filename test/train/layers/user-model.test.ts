/**
 * @file The layers as a user of TensorFlow.js meets them: in a model of their own, trained by `fit`, saved and loaded.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  initializers,
  type LayersModel,
  layers,
  loadLayersModel,
  sequential,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../src/train/backend.ts';
import { AdderConv2D } from '../../../src/train/layers/adder-conv2d.ts';
import { AdderDense } from '../../../src/train/layers/adder-dense.ts';
import { BatchNorm } from '../../../src/train/layers/batch-norm.ts';
import { FakeQuantize } from '../../../src/train/layers/fake-quantize.ts';

beforeAll(async () => {
  await useBackend('wasm');
});

function smallModel() {
  return sequential({
    layers: [
      new AdderConv2D({
        ...{ filters: 4, kernelSize: 3, padding: 1, inputShape: [6, 6, 1] },
        kernelInitializer: initializers.randomNormal({ mean: 0, stddev: 1, seed: 1 }),
      }),
      new BatchNorm({ momentum: 0.5 }),
      layers.reLU(),
      new FakeQuantize({ scale: 1 / 64, low: 0, high: 255 }),
      layers.maxPooling2d({ poolSize: 2, strides: 2 }),
      layers.flatten(),
      new AdderDense({
        ...{ units: 2, weightGradient: 'sign' },
        operands: {
          map: { scale: 1 / 64, low: 0, high: 255, shift: 0 },
          weights: { scale: 1 / 64, low: 0, levels: 256 },
          unit: 1 / 64,
        },
        kernelInitializer: initializers.randomNormal({ mean: 0, stddev: 1, seed: 2 }),
      }),
      new BatchNorm(),
    ],
  });
}

/** Stripes, upright or lying: class 0 and 1. */
function stripes(count: number) {
  const pixels = tf.buffer([count, 6, 6, 1], 'float32');
  for (let n = 0; n < count; n++) {
    for (let r = 0; r < 6; r++) {
      for (let c = 0; c < 6; c++) {
        pixels.set(((n % 2 === 0 ? c : r) + (n >> 1)) % 2, n, r, c, 0);
      }
    }
  }
  const classes = Array.from({ length: count }, (_, n) => n % 2);
  return { x: pixels.toTensor(), y: tf.oneHot(tf.tensor1d(classes, 'int32'), 2) };
}

async function saveAndLoad(model: LayersModel): Promise<LayersModel> {
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      // What a file would keep: JSON and bytes.
      saved = { ...artifacts, modelTopology: JSON.parse(JSON.stringify(artifacts.modelTopology)) };
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
  return loadLayersModel(tf.io.fromMemory(saved!));
}

describe("a user's model of our layers", () => {
  it('fit() lowers the loss of a tiny model by more than half', async () => {
    const model = smallModel();
    model.compile({ optimizer: tf.train.sgd(0.05), loss: tf.losses.softmaxCrossEntropy });
    const { x, y } = stripes(16);
    const { history } = await model.fit(x, y, {
      ...{ epochs: 40, batchSize: 8, verbose: 0, shuffle: false },
    });
    expect(history.loss.at(-1) as number).toBeLessThan((history.loss[0] as number) / 2);
  });

  it('save() and loadLayersModel() give equal predictions and settings', async () => {
    const model = smallModel();
    const { x } = stripes(4);
    // Running statistics that are not those of a fresh layer.
    model.apply(x, { training: true });
    const loaded = await saveAndLoad(model);
    const predict = (each: LayersModel) => [...(each.predict(x) as tf.Tensor).dataSync()];
    expect(predict(loaded)).toEqual(predict(model));
    // JSON has no undefined: TensorFlow.js's own settings come back as null.
    const settings = (each: LayersModel) =>
      JSON.parse(each.toJSON(undefined, true) as string).config.layers;
    expect(settings(loaded)).toEqual(settings(model));
    expect(loaded.layers[0].getConfig()).toMatchObject({
      ...{ filters: 4, kernelSize: [3, 3], stride: 1, padding: 1, weightGradient: 'full' },
      kernelInitializer: { className: 'RandomNormal', config: { mean: 0, stddev: 1, seed: 1 } },
    });
  });
});
