import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { actCode } from '../../../src/fixed/operand.ts';
import { roundMap } from '../../../src/train/ops/round-map.ts';
import { useWay, WAYS } from './on-backends.ts';

describe.each(WAYS)('roundMap on %s', (way) => {
  it.each([0, 1, 2, 4])(
    'roundMap() reads every code as the hardware does with a shift of %i',
    async (shift) => {
      await useWay(way);
      // All codes of 8 bits around a zero point of 48, in steps that no float holds exactly.
      const [scale, zero, actWidth] = [0.1, 48, 4];
      const low = -zero / 2 ** shift;
      const high = low + 2 ** actWidth - 1;
      const map = Float32Array.from({ length: 255 }, (_, code) => (code - zero) * scale);
      const read = tf.tidy(() =>
        roundMap(tf.tensor1d(map), { scale, shift, low, high, unit: 1 }).dataSync(),
      );
      const wanted = Array.from(map, (_, code) =>
        actCode(code, shift, { actWidth, weightWidth: actWidth }),
      );
      expect([...read].map((value) => value - low)).toEqual(wanted);
    },
  );

  it('roundMap() passes the slope of its line inside the range and nothing outside', async () => {
    await useWay(way);
    const x = tf.tensor1d([-1.01, -1, 0.2, 1.5, 1.51]);
    const attributes = { scale: 0.25, shift: 1, low: -2, high: 3, unit: 2 };
    const dx = tf.grad((at: tf.Tensor) => tf.sum(roundMap(at, attributes)))(x);
    // A step of 0.5 becomes 2.
    expect([...dx.dataSync()]).toEqual([0, 4, 4, 4, 0]);
  });
});
