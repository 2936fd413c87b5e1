/**
 * @file Worker threads that take ranges of images in turn: whoever is free takes the next one.
 */
import { Worker } from 'node:worker_threads';
import { errorOf, workerFile } from '../worker-thread.ts';
import type { Range } from './job.ts';
import type { PartialMoments } from './moments.ts';
import type { FromWorker, WorkerStart } from './worker-messages.ts';

const WORKER = workerFile('src', 'kernels', 'worker.js');

export interface WorkersRequest {
  readonly start: WorkerStart;
  readonly ranges: readonly Range[];
  readonly threads: number;
  /** Told the number of images done so far. */
  readonly progress: (done: number) => void;
}

/**
 * Run all ranges and return the statistics of each, in order.
 *
 * A worker's failure, its early end, or an error thrown by `progress` ends all of them and is thrown.
 */
export async function runWorkers(request: WorkersRequest): Promise<(readonly PartialMoments[])[]> {
  const workers = Array.from(
    { length: request.threads },
    () => new Worker(WORKER, { workerData: request.start }),
  );
  try {
    return await shareRanges(workers, request);
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function shareRanges(
  workers: readonly Worker[],
  { ranges, progress }: WorkersRequest,
): Promise<(readonly PartialMoments[])[]> {
  return new Promise((resolve, reject) => {
    const parts = new Array<readonly PartialMoments[]>(ranges.length);
    let next = 0;
    let finished = 0;
    let imagesDone = 0;
    for (const worker of workers) {
      const giveNext = (): void => {
        if (next < ranges.length) worker.postMessage({ index: next, range: ranges[next++] });
      };
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('internal: a kernel worker ended early')));
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'failed') return reject(errorOf(message));
        if (message.kind === 'done') {
          const { first, end } = ranges[message.index];
          parts[message.index] = message.moments;
          imagesDone += end - first;
          finished++;
          try {
            progress(imagesDone);
          } catch (error) {
            return reject(error);
          }
        }
        if (finished === ranges.length) resolve(parts);
        else giveNext();
      });
    }
  });
}
