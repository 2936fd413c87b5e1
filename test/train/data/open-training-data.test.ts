import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTrainingData } from '../../../src/train/data/open-training-data.ts';
import { realData } from '../../data/real-data.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'adderforge-images-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const put = (name: string, bytes: Uint8Array) => writeFileSync(join(root, name), bytes);

/** An idx file of bytes: 0 0 8 rank, big-endian sizes, elements. */
function idx(sizes: number[], elements: number[]): Uint8Array {
  return Uint8Array.from([
    0,
    0,
    8,
    sizes.length,
    ...sizes.flatMap((n) => [0, 0, 0, n]),
    ...elements,
  ]);
}

/** A CIFAR record: label, then red, green and blue planes of one value each. */
function record(label: number, [red, green, blue]: [number, number, number]): Uint8Array {
  const bytes = new Uint8Array(3073);
  bytes[0] = label;
  bytes.fill(red, 1, 1025).fill(green, 1025, 2049).fill(blue, 2049);
  return bytes;
}

describe('openTrainingData()', () => {
  const own = { root: '', shape: [2, 3, 1] } as const;

  it('openTrainingData() reads idx files of any size, packed or not', async () => {
    put('train-images-idx3-ubyte', idx([2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
    put('train-labels-idx1-ubyte.gz', gzipSync(idx([2], [3, 1])));
    put('test-images-idx3-ubyte', idx([1, 2, 3], [9, 9, 9, 9, 9, 9]));
    put('test-labels-idx1-ubyte', idx([1], [2]));
    const { training, test } = await openTrainingData({ ...own, source: 'idx', root });
    expect(training).toMatchObject({ shape: [2, 3, 1], count: 2 });
    expect([...training.images]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect([...training.labels]).toEqual([3, 1]);
    expect(test).toMatchObject({ count: 1, labels: Uint8Array.of(2) });

    const { training: first } = await openTrainingData({ ...own, source: 'idx', root, limit: 1 });
    expect(first).toMatchObject({ count: 1, labels: Uint8Array.of(3) });
    expect([...first.images]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('openTrainingData() reads CIFAR binary files of any number in the order of their names', async () => {
    put('data_batch_2.bin', record(7, [1, 2, 3]));
    put('data_batch_1.bin', Buffer.concat([record(0, [4, 5, 6]), record(9, [7, 8, 9])]));
    put('test_batch.bin', record(5, [0, 0, 255]));
    const { training, test } = await openTrainingData({ ...own, source: 'cifar-binary', root });
    expect(training).toMatchObject({ shape: [32, 32, 3], count: 3 });
    expect([...training.labels]).toEqual([0, 9, 7]);
    // Channels last: the first pixel of each image.
    expect([0, 1, 2].map((n) => [...training.images.slice(n * 3072, n * 3072 + 3)])).toEqual([
      [4, 5, 6],
      [7, 8, 9],
      [1, 2, 3],
    ]);
    expect([...test.images.slice(-3)]).toEqual([0, 0, 255]);
  });

  it('openTrainingData() says what is wrong with a folder', async () => {
    const open = (source: 'idx' | 'cifar-binary', folder?: string, limit?: number) =>
      openTrainingData({ shape: [2, 3, 1], source, root: folder, limit }).then(
        () => 'accepted',
        (error: Error) => error.message.split('\n')[0],
      );
    expect(await open('idx')).toBe('Cannot open images of the kind "idx": no folder is named');
    expect(await open('idx', join(root, 'nothing'))).toMatch(
      /^Cannot open image folder .*: no such/,
    );
    expect(await open('idx', root)).toMatch(/: none of train-images-idx3-ubyte, .*\.gz is in it$/);
    expect(await open('cifar-binary', root)).toMatch(
      /no file named like data_batch_1.bin is in it$/,
    );
    put('train-images-idx3-ubyte', idx([2, 1, 1], [1, 2]));
    put('train-labels-idx1-ubyte', idx([3], [1, 2, 3]));
    expect(await open('idx', root)).toMatch(/ holds 2 images, .* 3 labels$/);
    put('train-labels-idx1-ubyte', idx([2], [1, 2]));
    put('t10k-images-idx3-ubyte.gz', Uint8Array.of(1, 2, 3));
    put('t10k-labels-idx1-ubyte', idx([2], [1, 2]));
    expect(await open('idx', root)).toMatch(/: it is not a complete gzip file$/);
    put('t10k-images-idx3-ubyte.gz', gzipSync(idx([2, 1, 1], [1, 2])));
    expect(await open('idx', root, 3)).toMatch(/^Cannot take 3 images of .* holds 2$/);
    put('data_batch_1.bin', record(10, [0, 0, 0]));
    put('test.bin', record(1, [0, 0, 0]));
    expect(await open('cifar-binary', root)).toMatch(/image 0 has label 10, the largest is 9$/);
    put('data_batch_1.bin', new Uint8Array(100));
    expect(await open('cifar-binary', root)).toMatch(/an image has 3073 bytes, there are 100$/);
  });

  it('openTrainingData() draws different shapes for training and test, the same each time', async () => {
    const draw = () => openTrainingData({ source: 'shapes', shape: [12, 12, 1], limit: 64 });
    const { training, test } = await draw();
    expect(training.count).toBe(64);
    expect([...training.labels.slice(0, 5)]).toEqual([0, 1, 2, 3, 0]);
    expect(training.images.slice(0, 144)).not.toEqual(test.images.slice(0, 144));
    expect((await draw()).training).toEqual(training);
  });

  it('openTrainingData() reads MNIST by name', async (context) => {
    if (realData('mnist') === undefined) context.skip();
    const { training, test } = await openTrainingData({ source: 'mnist', shape: [28, 28, 1] });
    expect([training.count, test.count]).toEqual([60_000, 10_000]);
    expect([...training.labels.slice(0, 5)]).toEqual([5, 0, 4, 1, 9]);
  });
});
