import * as tf from '@tensorflow/tfjs-core';
import { initializers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { DesignError } from '../../../src/issues.ts';
import { useBackend } from '../../../src/train/backend.ts';
import { AdderConv2D } from '../../../src/train/layers/adder-conv2d.ts';

beforeAll(async () => {
  await useBackend('wasm');
});

/** A network of one layer with the given kernel, `[2, 2, 1, 1]`. */
function layerWith(kernel: readonly number[], config: object) {
  const layer = new AdderConv2D({ filters: 1, kernelSize: 2, inputShape: [2, 2, 1], ...config });
  const network = sequential({ layers: [layer] });
  layer.setWeights([tf.tensor([...kernel], [2, 2, 1, 1])]);
  return network;
}

const image = () => tf.tensor([1, 2, 3, 4], [1, 2, 2, 1]);

describe('AdderConv2D', () => {
  it('AdderConv2D gives minus the sum of absolute differences when it does not pad', () => {
    // -(|1-0| + |2-1| + |3+1| + |4-5|) = -7
    const y = layerWith([0, 1, -1, 5], {}).predict(image()) as tf.Tensor;
    expect(y.shape).toEqual([1, 1, 1, 1]);
    expect([...y.dataSync()]).toEqual([-7]);
  });

  it('AdderConv2D lets a padded tap contribute -|F| when it pads', () => {
    // the only window, at (-1, -1), sees 0 0 0 1: -(0 + 1 + 1 + |1-5|) = -6
    const network = layerWith([0, 1, -1, 5], { stride: 3, padding: 1 });
    expect(network.outputShape).toEqual([null, 1, 1, 1]);
    expect([...(network.predict(image()) as tf.Tensor).dataSync()]).toEqual([-6]);
  });

  // 0, 0.5, ... 4, counted in steps of 0.5
  const operands = {
    map: { scale: 0.5, low: 0, high: 8 },
    weights: { scale: 0.5, low: 0, levels: 9 },
    unit: 0.5,
  };

  it('AdderConv2D rounds weights within their grid, holds the others at its ends, and counts steps', () => {
    // In steps: 0.2 -> 0, 1.3 -> 3, -1.25 -> 0, 99.75 -> 8; inputs 2, 4, 6, 8: -(2 + 1 + 6 + 0)
    const network = layerWith([0.2, 1.3, -1.25, 99.75], { operands });
    expect([...(network.predict(image()) as tf.Tensor).dataSync()]).toEqual([-9]);
  });

  it.each([
    // x - f in steps, eq 5, with f as rounded; a real is two steps
    ['full', [4, 2, 12, 0]],
    ['sign', [2, 2, 2, 0]],
  ] as const)(
    'AdderConv2D passes the %s gradient through the rounding',
    (weightGradient, wanted) => {
      const network = layerWith([0.2, 1.3, -1.25, 99.75], { operands, weightGradient });
      const x = image();
      const { grads } = tf.variableGrads(() => tf.sum(network.apply(x) as tf.Tensor));
      expect([...Object.values(grads)[0].dataSync()]).toEqual(wanted);
      network.dispose();
    },
  );

  it('AdderConv2D starts as normal numbers of deviation 1 when nothing else is asked for', () => {
    const layer = new AdderConv2D({ filters: 64, kernelSize: 3, inputShape: [8, 8, 16] });
    sequential({ layers: [layer] });
    const values = layer.getWeights()[0].dataSync<'float32'>();
    const variance = values.reduce((sum, v) => sum + v * v, 0) / values.length;
    // 9216 numbers: the deviation of their mean square is sqrt(2 / 9216) = 0.015
    expect(variance).toBeGreaterThan(0.9);
    expect(variance).toBeLessThan(1.1);
  });

  it('AdderConv2D counts in whole steps when it has operands, with the signs of the differences as gradients', () => {
    // A map in steps of 0.5 that is read in steps of 1, from 0 to 3; weights on the same points.
    const operands = {
      map: { scale: 0.5, shift: 1, low: 0, high: 3 },
      weights: { scale: 1, low: 0, levels: 4 },
      unit: 1,
    };
    const layer = new AdderConv2D({
      ...{ filters: 1, kernelSize: [1, 2] as const, weightGradient: 'sign', operands },
      inputShape: [1, 2, 1],
    });
    const network = sequential({ layers: [layer] });
    layer.setWeights([tf.tensor4d([0.6, 3.4], [1, 2, 1, 1])]);
    const x = tf.tensor4d([2.5, 1.2], [1, 1, 2, 1]);
    // 2.5 are 5 steps, read as 3 (halves upwards); 1.2 are 2, read as 1. Weights 1 and 3: |3 - 1| + |1 - 3|
    expect([...(network.predict(x) as tf.Tensor).dataSync()]).toEqual([-4]);
    const { grads } = tf.variableGrads(() => tf.sum(network.apply(x) as tf.Tensor));
    expect([...Object.values(grads)[0].dataSync()]).toEqual([1, -1]);
    const dx = tf.grad((at: tf.Tensor) => tf.sum(network.apply(at) as tf.Tensor))(x);
    expect([...dx.dataSync()]).toEqual([-1, 1]);
  });

  it('AdderConv2D takes the initializer that is asked for', () => {
    const kernelInitializer = initializers.constant({ value: 2 });
    const layer = new AdderConv2D({
      ...{ filters: 1, kernelSize: [1, 2] as const, kernelInitializer },
      inputShape: [2, 2, 1],
    });
    sequential({ layers: [layer] });
    expect(layer.getWeights()[0].shape).toEqual([1, 2, 1, 1]);
    expect([...layer.getWeights()[0].dataSync()]).toEqual([2, 2]);
  });

  it('AdderConv2D reports every unsound setting at once when there are several', () => {
    const make = () =>
      new AdderConv2D({
        ...{ filters: 0, kernelSize: 3, stride: 1.5 },
        operands: {
          map: { scale: 1, low: 0, high: 3 },
          weights: { scale: -1, low: 0, levels: 2 },
          unit: 1,
        },
      });
    expect(make).toThrow(DesignError);
    expect(make).toThrow(
      /its filters is 0\n.*at least 1\n.*its stride is 1.5\n.*\n.*its operands.weights.scale is -1\n.*above 0/,
    );
  });
});
