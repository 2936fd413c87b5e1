import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossEntropy } from '../../../src/train/network/cross-entropy.ts';

describe('crossEntropy', () => {
  it('crossEntropy() gives the mean loss, its gradient and the number of images that are right', () => {
    // softmax of (0, ln 3) is (1/4, 3/4); the loss of label 1 is -ln(3/4), of label 0 -ln(1/4)
    const logits = Float32Array.from([0, Math.log(3), 0, Math.log(3)]);
    const { loss, correct, gradient } = crossEntropy({ logits, labels: [1, 0] });
    expect(loss).toBeCloseTo((Math.log(4 / 3) + Math.log(4)) / 2, 6);
    expect(correct).toBe(1);
    // (softmax - onehot) / 2
    const wanted = [1 / 8, -1 / 8, -3 / 8, 3 / 8];
    for (const [i, value] of gradient.entries()) expect(value).toBeCloseTo(wanted[i], 6);
  });

  it('crossEntropy() stays finite when logits are huge', () => {
    const logits = Float32Array.from([-1e4, 1e4]);
    expect(crossEntropy({ logits, labels: [0] })).toMatchObject({ loss: 2e4, correct: 0 });
  });

  it('crossEntropy() refuses a label that has no logit', () => {
    const logits = Float32Array.from([0, 1]);
    expect(() => crossEntropy({ logits, labels: [2] })).toThrow('internal: label 2');
  });

  it('crossEntropy() has the gradient that differences of its loss have', () => {
    const logit = fc.float({ min: -5, max: 5, noNaN: true });
    const cases = fc.record({
      logits: fc.array(logit, { minLength: 6, maxLength: 6 }),
      labels: fc.array(fc.nat(2), { minLength: 2, maxLength: 2 }),
      at: fc.nat(5),
    });
    fc.assert(
      fc.property(cases, ({ logits, labels, at }) => {
        const lossAt = (shift: number) =>
          crossEntropy({
            logits: Float32Array.from(logits, (v, i) => (i === at ? v + shift : v)),
            labels,
          }).loss;
        const { gradient } = crossEntropy({ logits: Float32Array.from(logits), labels });
        expect(gradient[at]).toBeCloseTo((lossAt(2 ** -8) - lossAt(-(2 ** -8))) / 2 ** -7, 3);
      }),
    );
  });

  it('crossEntropy() adds the divergence from a teacher in its share', () => {
    const logits = Float32Array.from([0, Math.log(3)]);
    // (1/2, 1/2) against (1/4, 3/4): ln(2) / 2 + ln(2/3) / 2
    const teacher = { logits: Float32Array.from([5, 5]), share: 1 };
    const taught = crossEntropy({ logits, labels: [1], teacher });
    const divergence = Math.log(4 / 3) / 2;
    expect(taught.loss).toBeCloseTo(divergence, 6);
    for (const [i, wanted] of [-1 / 4, 1 / 4].entries()) {
      expect(taught.gradient[i]).toBeCloseTo(wanted, 6);
    }
    // Of equal logits the first is the largest: label 1 is right, the teacher says 0.
    expect(taught).toMatchObject({ correct: 1, agreeing: 0 });
    const mixed = crossEntropy({ logits, labels: [1], teacher: { ...teacher, share: 0.25 } });
    expect(mixed.loss).toBeCloseTo(divergence / 4 + 0.75 * Math.log(4 / 3), 6);
    // 3/4 - (3/4 + 1/8)
    expect(mixed.gradient[1]).toBeCloseTo(-1 / 8, 6);
    const same = crossEntropy({ logits, labels: [0], teacher: { logits, share: 1 } });
    expect(same.loss).toBeCloseTo(0, 12);
    expect(same).toMatchObject({ correct: 0, agreeing: 1 });
    expect([...same.gradient].every((g) => Math.abs(g) < 1e-7)).toBe(true);
  });
});
