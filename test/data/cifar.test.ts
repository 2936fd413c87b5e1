import { describe, expect, it } from 'vitest';
import { CIFAR_RECORD, parseCifar } from '../../src/data/cifar.ts';

const target = (count: number) => ({
  images: new Uint8Array(count * 3072),
  labels: new Uint8Array(count),
});

describe('parseCifar', () => {
  it('parseCifar() turns planes into channels last', () => {
    const bytes = new Uint8Array(2 * CIFAR_RECORD);
    bytes[CIFAR_RECORD] = 7; // label of image 1
    const red = CIFAR_RECORD + 1;
    bytes[red + 33] = 1; // row 1, column 1
    bytes[red + 1024 + 33] = 2;
    bytes[red + 2048 + 33] = 3;
    const out = target(2);
    parseCifar(bytes, 'f', out);
    expect([...out.labels]).toEqual([0, 7]);
    // image 1 starts at 3072, pixel 33 at 33 * 3 = 99
    expect([...out.images.subarray(3072 + 98, 3072 + 103)]).toEqual([0, 1, 2, 3, 0]);
  });

  it('parseCifar() reads only the first images when fewer are wanted', () => {
    const out = target(1);
    parseCifar(new Uint8Array(3 * CIFAR_RECORD).fill(4), 'f', out);
    expect(out.labels[0]).toBe(4);
  });

  it.each([
    ['a part of a record', new Uint8Array(CIFAR_RECORD + 1), 1, /3074 bytes are no whole number/],
    ['too few records', new Uint8Array(CIFAR_RECORD), 2, /2 images were expected, it holds 1/],
    ['label 10', new Uint8Array(CIFAR_RECORD).fill(10), 1, /image 0 has label 10/],
  ])('parseCifar() refuses %s', (_, bytes, count, message) => {
    expect(() => parseCifar(bytes, 'f', target(count))).toThrow(message);
  });
});
