import type { Failed } from '../worker-thread.ts';
import type { Batch, Job, Range } from './job.ts';
import type { PartialMoments } from './moments.ts';
import type { KernelModule } from './web-assembly.ts';

/** What a worker is started with; images and maps lie in shared memory. */
export interface WorkerStart {
  readonly module: KernelModule;
  readonly job: Job;
  readonly batch: Batch;
  readonly imageBytes: number;
}

/** The next images to run: `ranges[index]` of the batch. */
export interface ToWorker {
  readonly index: number;
  readonly range: Range;
}

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly index: number; readonly moments: readonly PartialMoments[] }
  | Failed;
