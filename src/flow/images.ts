/**
 * @file Images for a network: from a data set, from the user's own files, or drawn by the program where there are none.
 */
import { isDatasetName, openDataset, splitSizes } from '../data/dataset.ts';
import { drawImages } from '../demo/draw-images.ts';
import { fail } from '../issues.ts';
import type { MapShape } from '../model/types.ts';
import {
  openTrainingData,
  type TrainingSource,
  trainingSources,
} from '../train/data/open-training-data.ts';
import { asTrainingImages, type TrainingImages } from '../training-images.ts';

export type SourceName = TrainingSource;

/** What `--dataset` accepts. */
export const sourceNames: readonly SourceName[] = trainingSources;

/** Where images come from. */
export interface ImageSource {
  readonly name: SourceName;
  /** Folder of data sets (default `$ADDERFORGE_DATA`, else `./data`), or of the user's own files. */
  readonly root?: string | undefined;
}

/** Images as bytes, `count * h * w * c`, channels last, and a label each. */
export interface Images {
  readonly name: SourceName;
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly count: number;
}

interface Request {
  readonly source: ImageSource;
  readonly limit?: number | undefined;
  /** What the network reads. */
  readonly shape: MapShape;
}

const TEST_SEED = 1;
const TRAINING_SEED = 2;
const DRAWN_DEFAULT = 10;

/** Images to evaluate or simulate with: the first of the test split. */
export function openTestImages(request: Request): Promise<Images> {
  return openImages(request, 'test');
}

/** Training images, and nothing else: what `quantize` takes. */
export interface CalibrationImages extends Images {
  readonly images: TrainingImages;
}

/** Images to calibrate with: the first of the training split. No caller can make them come from the test split. */
export async function openTrainingImages(request: Request): Promise<CalibrationImages> {
  const split = 'train';
  const read = await openImages(request, split);
  return { ...read, images: asTrainingImages({ name: read.name, split, images: read.images }) };
}

async function openImages(request: Request, split: 'train' | 'test'): Promise<Images> {
  const { source, limit, shape } = request;
  const { name, root } = source;
  if (name === 'drawn') {
    if (shape[2] !== 1 && shape[2] !== 3) {
      fail(
        `Cannot draw images of ${shape[2]} channels: drawings have 1 or 3`,
        'Use a data set of the shape that the model reads',
      );
    }
    const seed = split === 'train' ? TRAINING_SEED : TEST_SEED;
    return { name, ...drawImages(limit ?? DRAWN_DEFAULT, shape, seed) };
  }
  if (!isDatasetName(name)) return openOwnImages(request, split);
  checkLimit(request, split, splitSizes[name][split]);
  const dataset = await openDataset({
    name,
    split,
    ...(root === undefined ? {} : { root }),
    ...(limit === undefined ? {} : { limit }),
  });
  checkShape(request, dataset.shape);
  return { name, images: dataset.images, labels: dataset.labels, count: dataset.count };
}

/** Files of the user, and what else can be trained on; their size is known only when they are open. */
async function openOwnImages(request: Request, split: 'train' | 'test'): Promise<Images> {
  const { source, limit, shape } = request;
  const { name, root } = source;
  const data = await openTrainingData({ source: name, root, shape });
  const set = split === 'train' ? data.training : data.test;
  checkLimit(request, split, set.count);
  checkShape(request, set.shape);
  const count = limit ?? set.count;
  const images = set.images.slice(0, count * shape[0] * shape[1] * shape[2]);
  return { name, images, labels: set.labels.slice(0, count), count };
}

function checkLimit({ source: { name }, limit }: Request, split: string, size: number): void {
  if (limit === undefined || limit <= size) return;
  fail(
    `Cannot take ${limit} images of "${name}": its ${split} split holds ${size}`,
    `Ask for ${size} images or fewer`,
  );
}

function checkShape({ source: { name }, shape }: Request, found: MapShape): void {
  if (found.every((size, k) => size === shape[k])) return;
  fail(
    `Cannot use data set "${name}": its images are ${found.join(' x ')}, the model reads ${shape.join(' x ')}`,
    'Choose the data set that the model was trained on',
  );
}
