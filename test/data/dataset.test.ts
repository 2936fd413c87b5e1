import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../src/data/dataset.ts';
import { realData } from './real-data.ts';

let root: string;
const put = async (path: string, bytes: Uint8Array) => {
  await mkdir(join(root, path, '..'), { recursive: true });
  await writeFile(join(root, path), bytes);
};

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'adderforge-data-'));
  const images = new Uint8Array(16 + 10_000 * 784);
  images.set([0, 0, 8, 3, 0, 0, 0x27, 0x10, 0, 0, 0, 28, 0, 0, 0, 28]);
  images[16 + 784 + 5] = 77; // image 1, pixel 5
  const labels = new Uint8Array(8 + 10_000).fill(3);
  labels.set([0, 0, 8, 1, 0, 0, 0x27, 0x10]);
  await put('mnist/t10k-images-idx3-ubyte.gz', gzipSync(images, { level: 1 }));
  await put('mnist/t10k-labels-idx1-ubyte', labels);
  const batch = new Uint8Array(10_000 * 3073).fill(6);
  await put('cifar10/cifar-10-batches-bin/test_batch.bin.gz', gzipSync(batch, { level: 1 }));
  await put('cifar10/data_batch_1.bin', batch.subarray(0, 3073));
});
afterAll(() => rm(root, { recursive: true }));

describe('openDataset', () => {
  it('openDataset() reads raw and compressed files side by side', async () => {
    const data = await openDataset({ name: 'mnist', split: 'test', root });
    expect(data.count).toBe(10_000);
    expect(data.shape).toEqual([28, 28, 1]);
    expect(data.images.length).toBe(7_840_000);
    expect(data.images[784 + 5]).toBe(77);
    expect(data.labels[9_999]).toBe(3);
    expect(data.classes.length).toBe(10);
  });

  it('openDataset() finds the folder that the CIFAR archive unpacks to, and keeps the limit', async () => {
    const data = await openDataset({ name: 'cifar10', split: 'test', root, limit: 3 });
    expect(data.images).toEqual(new Uint8Array(3 * 3072).fill(6));
    expect(data.labels).toEqual(new Uint8Array(3).fill(6));
    expect(data.classes[6]).toBe('frog');
  });

  it('openDataset() says both ways when a file is missing', async () => {
    const open = openDataset({ name: 'mnist', split: 'train', root });
    await expect(open).rejects.toThrow(/train-images-idx3-ubyte" nor .*mnist"/);
    await expect(open).rejects.toThrow(/Set ADDERFORGE_DATA .* run "adderforge data fetch mnist"/);
  });

  it('openDataset() names both sizes when a file is cut', async () => {
    const open = openDataset({ name: 'cifar10', split: 'train', root });
    await expect(open).rejects.toThrow(/expected 30730000 bytes, found 3073 bytes/);
  });

  it('openDataset() stops unpacking when a file holds more than the data set', async () => {
    await put('bomb/cifar10/test_batch.bin.gz', gzipSync(new Uint8Array(40_000_000)));
    const open = openDataset({ name: 'cifar10', split: 'test', root: join(root, 'bomb') });
    await expect(open).rejects.toThrow(/expected 30730000 bytes, found more when unpacked/);
  });

  it('openDataset() refuses a limit below 1 and an unknown name', async () => {
    await expect(openDataset({ name: 'mnist', split: 'test', root, limit: 0 })).rejects.toThrow(
      /a limit of 0 images was asked for, the least is 1/,
    );
    await expect(openDataset({ name: 'x' as 'mnist', split: 'test', root })).rejects.toThrow(
      /Choose one of mnist, cifar10/,
    );
  });

  const real = realData('mnist') && realData('cifar10');
  it.skipIf(!real)('openDataset() reads the real data', async () => {
    // First labels as published.
    const mnist = await openDataset({ name: 'mnist', split: 'test' });
    expect([...mnist.labels.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    const cifar = await openDataset({ name: 'cifar10', split: 'test', limit: 1000 });
    expect([...cifar.labels.subarray(0, 10)]).toEqual([3, 8, 8, 0, 6, 6, 1, 6, 3, 1]);
    // Image 0, pixel (0, 0): red 158, green 112, blue 49.
    expect([...cifar.images.subarray(0, 3)]).toEqual([158, 112, 49]);
    const train = await openDataset({ name: 'cifar10', split: 'train', limit: 10_001 });
    expect(train.count).toBe(10_001);
    expect([...train.labels.subarray(0, 10)]).toEqual([6, 9, 9, 4, 1, 1, 2, 7, 8, 3]);
  });
});
