import type { FloatModel } from '../../model/types.ts';
import type { Failed } from '../../worker-thread.ts';
import type { BackendName } from '../backend.ts';
import type { LabelledImages } from '../data/training-set.ts';
import type { FakeQuantization } from '../network/fake-quantization.ts';
import type { StepResult, TrainSettings } from '../types.ts';

/** What a training thread is started with; images, parameters, order and gradients lie in shared memory. */
export interface WorkerStart {
  /** The network's shape; its numbers come from `parameters` before each step. */
  readonly model: FloatModel;
  /** The network to learn from, as it is. */
  readonly teacher?: FloatModel | undefined;
  readonly settings: TrainSettings;
  readonly training: LabelledImages;
  readonly parameters: Float32Array;
  /** The order in which the running epoch takes the images. */
  readonly order: Int32Array;
  /** For each shard of a batch a flat array of gradients. */
  readonly slots: readonly Float32Array[];
  readonly backend?: BackendName | undefined;
  readonly quantization?: FakeQuantization | undefined;
}

/** The next shard: the images `order[first .. first + shard)`, their gradient into `slots[slot]`. */
export interface ShardJob {
  readonly slot: number;
  readonly epoch: number;
  readonly first: number;
}

export type FromWorker =
  | { readonly kind: 'ready'; readonly backend: BackendName }
  | { readonly kind: 'done'; readonly slot: number; readonly result: StepResult }
  | Failed;
