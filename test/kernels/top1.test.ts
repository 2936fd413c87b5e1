import { describe, expect, it } from 'vitest';
import { top1 } from '../../src/kernels/top1.ts';

describe('top1', () => {
  it('top1() is the percentage of largest logits at their label when classes differ', () => {
    const logits = Int32Array.of(1, 5, 2, 9, -1, 0, -3, -2, -1, 0, 0, 7);
    // largest: 1, 0, 2, 2; labels 1, 0, 1, 2: three of four
    expect(top1(logits, Uint8Array.of(1, 0, 1, 2), 3)).toBe(75);
  });

  it('top1() takes the first of equal logits when they tie', () => {
    expect(top1(Float32Array.of(4, 4), Uint8Array.of(0), 2)).toBe(100);
    expect(top1(Float32Array.of(4, 4), Uint8Array.of(1), 2)).toBe(0);
  });

  it('top1() fails when logits do not divide into classes', () => {
    expect(() => top1(Float32Array.of(1, 2, 3), Uint8Array.of(0, 0), 2)).toThrow('internal:');
  });
});
