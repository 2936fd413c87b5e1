/** @file A short training of `tiny` on drawn shapes, for tests. */
import { findArchitecture } from '../../../src/model/architectures/registry.ts';
import { openTrainingData } from '../../../src/train/data/open-training-data.ts';
import { initialModel } from '../../../src/train/network/initial-model.ts';
import { findRecipe } from '../../../src/train/recipes.ts';
import type { TrainModelRequest } from '../../../src/train/run/train-request.ts';
import type { TrainSettings } from '../../../src/train/types.ts';

/** Ask for a run of 2 epochs of 4 steps: 256 images, batches of 64 in shards of 16; nothing is evaluated. */
export async function tinyRun(
  output: string,
  changes: Partial<Omit<TrainModelRequest, 'settings'>> & {
    readonly settings?: Partial<TrainSettings>;
  } = {},
): Promise<TrainModelRequest> {
  const settings = {
    ...findRecipe('tiny').settings,
    epochs: 2,
    batch: 64,
    shard: 16,
    ...changes.settings,
  };
  return {
    recipe: 'tiny',
    model: initialModel(findArchitecture('tiny'), settings.seed),
    start: 'random',
    data: await openTrainingData({ source: 'shapes', shape: [12, 12, 1], limit: 256 }),
    output,
    resume: false,
    backend: 'wasm',
    threads: 2,
    quantize: 0,
    evaluateEvery: 0,
    ...changes,
    settings,
  };
}
