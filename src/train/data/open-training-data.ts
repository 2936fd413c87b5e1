/**
 * @file Where images to train on come from: a data set by name, files of the user's own, drawings.
 */
import { type DatasetName, datasetNames, openDataset } from '../../data/dataset.ts';
import { drawImages } from '../../demo/draw-images.ts';
import { drawShapes, SHAPES_SIDE } from '../../demo/draw-shapes.ts';
import { fail } from '../../issues.ts';
import type { MapShape } from '../../model/types.ts';
import { openCifarFolder } from './cifar-folder.ts';
import { openIdxFolder } from './idx-folder.ts';
import type { LabelledImages } from './training-set.ts';

/** `shapes` and `drawn` are drawn by the program; `idx` and `cifar-binary` are files of the user in a folder. */
export type TrainingSource = DatasetName | 'shapes' | 'drawn' | 'idx' | 'cifar-binary';

/** What `--dataset` of `adderforge train` accepts. */
export const trainingSources: readonly TrainingSource[] = [
  ...datasetNames,
  'shapes',
  'drawn',
  'idx',
  'cifar-binary',
];

/** Images for training, and others to report accuracy on. */
export interface TrainingData {
  readonly training: LabelledImages;
  readonly test: LabelledImages;
}

export interface TrainingDataRequest {
  readonly source: TrainingSource;
  /** Folder of data sets (default `$ADDERFORGE_DATA`, else `./data`); for `idx` and `cifar-binary` the folder of the files. */
  readonly root?: string | undefined;
  /** Keep the first training images only. */
  readonly limit?: number | undefined;
  /** What the network reads. */
  readonly shape: MapShape;
}

const TRAINING_SEED = 2;
const TEST_SEED = 1;
const DRAWN = { train: 2048, test: 512 } as const;

/** Read or draw both splits. Throws a `DesignError` when the source has no such images. */
export async function openTrainingData(request: TrainingDataRequest): Promise<TrainingData> {
  const { limit } = request;
  const [training, test] = await openSplits(request);
  if (limit === undefined) return { training, test };
  if (limit > training.count) {
    fail(
      `Cannot take ${limit} images of ${training.name}: its training split holds ${training.count}`,
      `Give --limit ${training.count} or less`,
    );
  }
  const { images, labels, shape } = training;
  const size = shape[0] * shape[1] * shape[2];
  const first = { images: images.slice(0, limit * size), labels: labels.slice(0, limit) };
  return { training: { ...training, ...first, count: limit }, test };
}

async function openSplits({
  source,
  root,
  shape,
  limit = DRAWN.train,
}: TrainingDataRequest): Promise<readonly [LabelledImages, LabelledImages]> {
  switch (source) {
    case 'shapes': {
      const drawn = { name: 'drawn shapes', shape: [SHAPES_SIDE, SHAPES_SIDE, 1] } as const;
      return [
        { ...drawn, ...drawShapes(limit, TRAINING_SEED) },
        { ...drawn, ...drawShapes(DRAWN.test, TEST_SEED) },
      ];
    }
    case 'drawn': {
      const drawn = { name: 'drawn images', shape };
      return [
        { ...drawn, ...drawImages(limit, shape, TRAINING_SEED) },
        { ...drawn, ...drawImages(DRAWN.test, shape, TEST_SEED) },
      ];
    }
    case 'idx':
      return openIdxFolder(ownFolder(source, root));
    case 'cifar-binary':
      return openCifarFolder(ownFolder(source, root));
    default: {
      const from = root === undefined ? { name: source } : { name: source, root };
      return [
        await openDataset({ ...from, split: 'train' }),
        await openDataset({ ...from, split: 'test' }),
      ];
    }
  }
}

function ownFolder(source: TrainingSource, root: string | undefined): string {
  if (root !== undefined) return root;
  return fail(
    `Cannot open images of the kind "${source}": no folder is named`,
    'Give --data with the folder that holds the files',
  );
}
