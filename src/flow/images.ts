/**
 * @file Images for a network: from a data set, or drawn by the program where there is none.
 */
import { type DatasetName, datasetNames, openDataset, splitSizes } from '../data/dataset.ts';
import { drawImages } from '../demo/draw-images.ts';
import { fail } from '../issues.ts';
import type { MapShape } from '../model/types.ts';

export type SourceName = DatasetName | 'drawn';

/** What `--dataset` accepts. */
export const sourceNames: readonly SourceName[] = [...datasetNames, 'drawn'];

/** Where images come from. */
export interface ImageSource {
  readonly name: SourceName;
  /** Folder of data sets; default `$ADDERFORGE_DATA`, else `./data`. */
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

/** Images to calibrate with: the first of the training split. No caller can make them come from the test split. */
export function openTrainingImages(request: Request): Promise<Images> {
  return openImages(request, 'train');
}

async function openImages(
  { source: { name, root }, limit, shape }: Request,
  split: 'train' | 'test',
): Promise<Images> {
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
  const size = splitSizes[name][split];
  if (limit !== undefined && limit > size) {
    fail(
      `Cannot take ${limit} images of "${name}": its ${split} split holds ${size}`,
      `Ask for ${size} images or fewer`,
    );
  }
  const dataset = await openDataset({
    name,
    split,
    ...(root === undefined ? {} : { root }),
    ...(limit === undefined ? {} : { limit }),
  });
  if (dataset.shape.some((size, k) => size !== shape[k])) {
    fail(
      `Cannot use data set "${name}": its images are ${dataset.shape.join(' x ')}, the model reads ${shape.join(' x ')}`,
      'Choose the data set that the model was trained on',
    );
  }
  return { name, images: dataset.images, labels: dataset.labels, count: dataset.count };
}
