/**
 * @file Data sets by name, as bytes in memory: images channels last, one label byte each.
 */
import { join } from 'node:path';
import { fail } from '../issues.ts';
import type { MapShape } from '../model/types.ts';
import { CIFAR_RECORD, CIFAR_SIDE, parseCifar } from './cifar.ts';
import { parseIdx } from './idx.ts';
import { dataRoot, readDataFile } from './locate.ts';

export const datasetNames = ['mnist', 'cifar10'] as const;
export type DatasetName = (typeof datasetNames)[number];
export type Split = 'train' | 'test';

export interface Dataset {
  readonly name: DatasetName;
  readonly split: Split;
  /** Images held: all of the split, or `limit`. */
  readonly count: number;
  /** Of one image. */
  readonly shape: MapShape;
  /** `count * h * w * c` bytes: image, row, column, channel. */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  /** Name of each label. */
  readonly classes: readonly string[];
}

export interface DatasetRequest {
  readonly name: DatasetName;
  readonly split: Split;
  /** Folder of data sets; default `$ADDERFORGE_DATA`, else `./data`. */
  readonly root?: string;
  /** Keep the first images only. */
  readonly limit?: number;
}

/** Whether a data set of this name is known. */
export function isDatasetName(name: string): name is DatasetName {
  return (datasetNames as readonly string[]).includes(name);
}

/**
 * Read a data set from `<root>/<name>`, each file as published or with `.gz`.
 *
 * Throws a `DesignError` for an unknown name, a missing file, a file of another size than the published one.
 */
export async function openDataset(request: DatasetRequest): Promise<Dataset> {
  const { name, split, limit } = request;
  if (!isDatasetName(name)) {
    fail(
      `Cannot open data set "${name}": there is no data set of this name`,
      `Choose one of ${datasetNames.join(', ')}`,
    );
  }
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1)) {
    fail(
      `Cannot open data set "${name}": a limit of ${limit} images was asked for, the least is 1`,
      'Give a whole number of images, or none for all of them',
    );
  }
  const folder = join(dataRoot(request.root), name);
  const count = Math.min(limit ?? Number.POSITIVE_INFINITY, splitSizes[name][split]);
  return name === 'mnist' ? openMnist(folder, split, count) : openCifar(folder, split, count);
}

/** Images of each published split. */
export const splitSizes: Readonly<Record<DatasetName, Readonly<Record<Split, number>>>> = {
  mnist: { train: 60_000, test: 10_000 },
  cifar10: { train: 50_000, test: 10_000 },
};

const MNIST_SIDE = 28;

async function openMnist(folder: string, split: Split, count: number): Promise<Dataset> {
  const total = splitSizes.mnist[split];
  const prefix = split === 'train' ? 'train' : 't10k';
  const read = async (file: string, rank: number, elements: number) => {
    const size = 4 + 4 * rank + elements;
    const bytes = await readDataFile({ dataset: 'mnist', folders: [folder], file, size });
    return parseIdx(bytes, { file, rank });
  };
  const pixels = MNIST_SIDE * MNIST_SIDE;
  const images = await read(`${prefix}-images-idx3-ubyte`, 3, total * pixels);
  const labels = await read(`${prefix}-labels-idx1-ubyte`, 1, total);
  if (images.shape[0] !== total || images.shape[1] !== MNIST_SIDE) {
    fail(
      `Cannot open data set "mnist": its images are ${images.shape.join(' x ')}, ${total} x 28 x 28 was expected`,
      'Use the unchanged files of the data set',
    );
  }
  return {
    name: 'mnist',
    split,
    count,
    shape: [MNIST_SIDE, MNIST_SIDE, 1],
    images: new Uint8Array(images.data.subarray(0, count * pixels)),
    labels: new Uint8Array(labels.data.subarray(0, count)),
    classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  };
}

const CIFAR_FILE_IMAGES = 10_000;
const CIFAR_IMAGE = CIFAR_RECORD - 1;

async function openCifar(folder: string, split: Split, count: number): Promise<Dataset> {
  const files =
    split === 'test' ? ['test_batch.bin'] : [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`);
  const images = new Uint8Array(count * CIFAR_IMAGE);
  const labels = new Uint8Array(count);
  // The published archive unpacks to a folder of its own.
  const folders = [folder, join(folder, 'cifar-10-batches-bin')];
  for (const [n, file] of files.entries()) {
    const first = n * CIFAR_FILE_IMAGES;
    if (first >= count) break;
    const size = CIFAR_FILE_IMAGES * CIFAR_RECORD;
    const bytes = await readDataFile({ dataset: 'cifar10', folders, file, size });
    const end = Math.min(count, first + CIFAR_FILE_IMAGES);
    parseCifar(bytes, file, {
      images: images.subarray(first * CIFAR_IMAGE, end * CIFAR_IMAGE),
      labels: labels.subarray(first, end),
    });
  }
  return {
    name: 'cifar10',
    split,
    count,
    shape: [CIFAR_SIDE, CIFAR_SIDE, 3],
    images,
    labels,
    classes: cifarClasses,
  };
}

const cifarClasses = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
];
