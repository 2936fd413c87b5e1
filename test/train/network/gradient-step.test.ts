import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { findArchitecture } from '../../../src/model/architectures/registry.ts';
import type { FloatModel, FloatNode } from '../../../src/model/types.ts';
import { useBackend } from '../../../src/train/backend.ts';
import { loadParameters } from '../../../src/train/network/binding.ts';
import { buildNetwork } from '../../../src/train/network/build-network.ts';
import { gradientStep } from '../../../src/train/network/gradient-step.ts';
import { initialModel } from '../../../src/train/network/initial-model.ts';
import {
  flattenParameters,
  isTrained,
  parameterCount,
  parametersOf,
  parameterView,
} from '../../../src/train/network/parameters.ts';
import { twinOf } from '../../../src/train/network/twin.ts';
import { everyKind, modelOf, norm, normShapes, randomTensor } from './small-model.ts';

beforeAll(async () => {
  await useBackend('wasm');
});

const COUNT = 4;
const labels = [0, 2, 1, 2];

function setUp(model: FloatModel, count = COUNT) {
  const network = buildNetwork(model);
  const { data, shape } = randomTensor([count, ...model.inputShape], 5, [-2, 2]);
  const images = tf.tensor(data, [...shape]);
  const parameters = parametersOf(model);
  const gradients = new Float32Array(parameterCount(parameters)).fill(NaN);
  return { network, images, parameters, gradients };
}

/** Two nodes whose loss can be written down: a fully connected adder layer and its normalization. */
function oneNeuron(): FloatModel {
  const nodes: FloatNode[] = [
    { kind: 'adderLinear', name: 'a', input: 'input', weight: 'a.w', bias: 'a.b' },
    norm('n', 'a'),
  ];
  return modelOf([1, 1, 2], nodes, { 'a.w': [3, 2], 'a.b': [3], ...normShapes('n', 3) });
}

describe('gradientStep', () => {
  it('gradientStep() gives the derivative of the loss by every parameter of a multiplying network', () => {
    // Gradients of adder layers are none of their loss: eq 5 and 6 stand in for the sign.
    const model = twinOf(everyKind());
    const { network, images, parameters, gradients } = setUp(model);
    const { loss } = gradientStep(network, { images, labels }, gradients);
    const flat = flattenParameters(model);
    const lossAt = (at: number, shift: number) => {
      const moved = flat.slice();
      moved[at] += shift;
      loadParameters(network, parameters, moved);
      return gradientStep(network, { images, labels }, gradients.slice()).loss;
    };
    expect(lossAt(0, 0)).toBeCloseTo(loss, 6);
    for (const parameter of parameters.filter(isTrained)) {
      const view = parameterView(parameter, gradients);
      const worst = view.reduce((best, g, i) => (Math.abs(g) > Math.abs(view[best]) ? i : best), 0);
      const at = parameter.offset + worst;
      const difference = (lossAt(at, 1e-3) - lossAt(at, -1e-3)) / 2e-3;
      const isFar = Math.abs(difference - view[worst]) > 2e-3 + 0.03 * Math.abs(view[worst]);
      expect(isFar ? [parameter.name, view[worst]] : [], `difference ${difference}`).toEqual([]);
    }
    network.dispose();
  });

  it('gradientStep() gives eq 5 behind the derivative of the logits for an adder layer', () => {
    // Without a normalization: dloss/dw[o][k] = sum over images of (softmax - onehot)[o] / images * (x[k] - w[o][k])
    const model = modelOf([1, 1, 2], oneNeuron().nodes.slice(0, 1), { 'a.w': [3, 2], 'a.b': [3] });
    const { network, images, gradients } = setUp(model);
    const { loss, correct } = gradientStep(network, { images, labels }, gradients);
    const x = images.dataSync();
    const w = model.tensors.get('a.w')!.data;
    const b = model.tensors.get('a.b')!.data;
    let wantedLoss = 0;
    let wantedCorrect = 0;
    // [in, out], then the bias
    const wanted = new Float64Array(9);
    for (const [n, label] of labels.entries()) {
      const logits = [0, 1, 2].map(
        (o) => b[o] - Math.abs(x[2 * n] - w[2 * o]) - Math.abs(x[2 * n + 1] - w[2 * o + 1]),
      );
      const total = logits.reduce((sum, y) => sum + Math.exp(y), 0);
      wantedLoss += (Math.log(total) - logits[label]) / COUNT;
      if (logits[label] === Math.max(...logits)) wantedCorrect++;
      for (const [o, y] of logits.entries()) {
        const d = (Math.exp(y) / total - (o === label ? 1 : 0)) / COUNT;
        for (const k of [0, 1]) wanted[k * 3 + o] += d * (x[2 * n + k] - w[2 * o + k]);
        wanted[6 + o] += d;
      }
    }
    expect(loss).toBeCloseTo(wantedLoss, 5);
    expect(correct).toBe(wantedCorrect);
    for (const [i, value] of wanted.entries()) expect(gradients[i]).toBeCloseTo(value, 5);
    network.dispose();
  });

  it('gradientStep() stores the running statistics after the shard', () => {
    const model = oneNeuron();
    const { network, images, parameters, gradients } = setUp(model);
    gradientStep(network, { images, labels }, gradients);
    const x = images.dataSync();
    const w = model.tensors.get('a.w')!.data;
    const b = model.tensors.get('a.b')!.data;
    // output 0 of each image, its mean and its unbiased variance
    const y = labels.map(
      (_, n) => b[0] - Math.abs(x[2 * n] - w[0]) - Math.abs(x[2 * n + 1] - w[1]),
    );
    const mean = y.reduce((sum, v) => sum + v, 0) / COUNT;
    const variance = y.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (COUNT - 1);
    const [before, after] = ['n.mean', 'n.variance'].map((name) => {
      const parameter = parameters.find((each) => each.name === name)!;
      return [model.tensors.get(name)!.data[0], parameterView(parameter, gradients)[0]];
    });
    expect(before[1]).toBeCloseTo(0.9 * before[0] + 0.1 * mean, 5);
    expect(after[1]).toBeCloseTo(0.9 * after[0] + 0.1 * variance, 5);
    network.dispose();
  });

  it('gradientStep() fills every place and keeps no tensor', () => {
    const { network, images, gradients } = setUp(everyKind());
    gradientStep(network, { images, labels }, gradients);
    expect(gradients.every(Number.isFinite)).toBe(true);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) gradientStep(network, { images, labels }, gradients);
    expect(tf.memory().numTensors).toBe(before);
    network.dispose();
  });

  it('gradientStep() gives the same bits for the same parameters', () => {
    const model = everyKind();
    const { network, images, parameters, gradients } = setUp(model);
    gradientStep(network, { images, labels }, gradients);
    loadParameters(network, parameters, flattenParameters(model));
    const again = gradients.slice().fill(NaN);
    gradientStep(network, { images, labels }, again);
    expect(again).toEqual(gradients);
    network.dispose();
  });

  it('gradientStep() goes downhill: fifteen steps take a quarter off the loss of LeNet-5-BN', () => {
    const model = initialModel(findArchitecture('lenet5-bn'), 1);
    const { network, images, parameters, gradients } = setUp(model, 4);
    const flat = flattenParameters(model);
    const losses = Array.from({ length: 15 }, () => {
      loadParameters(network, parameters, flat);
      const { loss } = gradientStep(network, { images, labels }, gradients);
      for (const parameter of parameters) {
        const [values, changes] = [flat, gradients].map((each) => parameterView(parameter, each));
        if (!isTrained(parameter)) {
          values.set(changes);
          continue;
        }
        // Eq 10 and 11 with a rate of 0.1 and eta 0.2.
        const norm = Math.sqrt(changes.reduce((sum, g) => sum + g * g, 0));
        const rate =
          parameter.role === 'adder' ? (0.02 * Math.sqrt(parameter.length)) / (norm + 1e-12) : 0.1;
        for (let i = 0; i < values.length; i++) values[i] -= rate * changes[i];
      }
      return loss;
    });
    expect(losses.at(-1)!).toBeLessThan(0.75 * losses[0]);
    network.dispose();
  });
});
