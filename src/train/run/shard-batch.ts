/**
 * @file The images of one shard as network input.
 */
import type { Normalization } from '../../model/types.ts';
import { fillInput, inputTable, variationOf } from '../data/augment.ts';
import type { LabelledImages } from '../data/training-set.ts';
import type { TrainSettings } from '../types.ts';
import type { ShardJob } from './messages.ts';

/** Fills the same two arrays again and again. */
export interface ShardBatch {
  /** `[shard, h, w, c]`. */
  readonly inputs: Float32Array;
  readonly labels: Int32Array;
  readonly fill: (job: ShardJob) => void;
}

/** Make room for one shard. */
export function shardBatch({
  training,
  order,
  settings,
  normalization,
}: {
  readonly training: LabelledImages;
  readonly order: Int32Array;
  readonly settings: TrainSettings;
  readonly normalization: Normalization;
}): ShardBatch {
  const { shard, seed, augmentation } = settings;
  const { shape, images, labels: allLabels } = training;
  const size = shape[0] * shape[1] * shape[2];
  const table = inputTable(normalization);
  const inputs = new Float32Array(shard * size);
  const labels = new Int32Array(shard);
  const fill = ({ epoch, first }: ShardJob): void => {
    for (let n = 0; n < shard; n++) {
      const index = order[first + n];
      labels[n] = allLabels[index];
      fillInput(
        {
          image: images.subarray(index * size, (index + 1) * size),
          shape,
          table,
          target: inputs.subarray(n * size, (n + 1) * size),
        },
        variationOf(augmentation, { seed, epoch, index }),
      );
    }
  };
  return { inputs, labels, fill };
}
