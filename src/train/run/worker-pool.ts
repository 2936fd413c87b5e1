/**
 * @file Training threads: whoever is free takes the next shard. Each writes the gradients of its shard into the shard's
 * own slot, so that it does not matter who computed what.
 */
import { Worker } from 'node:worker_threads';
import { errorOf, workerFile } from '../../worker-thread.ts';
import type { BackendName } from '../backend.ts';
import type { StepResult } from '../types.ts';
import type { FromWorker, ShardJob, WorkerStart } from './messages.ts';

const WORKER = workerFile('src', 'train', 'run', 'worker.js');

/** Running threads; `end` must be called. */
export interface WorkerPool {
  /** The TensorFlow.js backend that they compute on. */
  readonly backend: BackendName;
  /** Compute all shards of a batch; the results are in the order of the slots. One call at a time. */
  readonly run: (jobs: readonly ShardJob[]) => Promise<readonly StepResult[]>;
  readonly end: () => Promise<void>;
}

/** What the pool is doing: starting, or computing a batch. */
interface Turn {
  readonly onMessage: (message: FromWorker, worker: Worker) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Start threads and wait until all are ready.
 *
 * A thread's failure or early end is thrown by the call that is waiting, or else by the next one.
 */
export async function startWorkers(start: WorkerStart, threads: number): Promise<WorkerPool> {
  const workers = Array.from({ length: threads }, () => new Worker(WORKER, { workerData: start }));
  let turn: Turn | undefined;
  let failure: { readonly error: unknown } | undefined;
  const failWith = (error: unknown): void => {
    failure ??= { error };
    turn?.reject(error);
  };
  for (const worker of workers) {
    worker.on('error', failWith);
    worker.on('exit', () => failWith(new Error('internal: a training thread ended early')));
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'failed') failWith(errorOf(message));
      else turn?.onMessage(message, worker);
    });
  }
  const take = <T>(begin: (resolve: (value: T) => void) => Turn['onMessage']): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      turn = { onMessage: begin(resolve), reject };
      if (failure !== undefined) reject(failure.error);
    });
  const end = async (): Promise<void> => {
    turn = undefined;
    await Promise.all(workers.map((worker) => worker.terminate()));
  };

  try {
    const backend = await take<BackendName>((resolve) => {
      let ready = 0;
      return (message) => {
        if (message.kind === 'ready' && ++ready === threads) resolve(message.backend);
      };
    });
    const run: WorkerPool['run'] = (jobs) => take((resolve) => shareJobs(workers, jobs, resolve));
    return { backend, run, end };
  } catch (error) {
    await end();
    throw error;
  }
}

function shareJobs(
  workers: readonly Worker[],
  jobs: readonly ShardJob[],
  resolve: (results: readonly StepResult[]) => void,
): Turn['onMessage'] {
  const results = new Array<StepResult>(jobs.length);
  let next = 0;
  let finished = 0;
  const giveNext = (worker: Worker): void => {
    if (next < jobs.length) worker.postMessage(jobs[next++]);
  };
  for (const worker of workers) giveNext(worker);
  return (message, worker) => {
    if (message.kind !== 'done') return;
    results[message.slot] = message.result;
    finished++;
    giveNext(worker);
    if (finished === jobs.length) resolve(results);
  };
}
