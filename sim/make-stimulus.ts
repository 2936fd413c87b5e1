import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { workerFile } from '../src/worker-thread.ts';
import { type StimulusJob, writeStimulus } from './stimulus.ts';

/** A thread's start costs as much as about this many of the golden model's operations. */
const INLINE_OPERATIONS = 2e7;

const WORKER = workerFile('sim', 'stimulus-worker.js');

/** Write a simulation's stimulus, in a thread of its own when the golden model has `operations` to do that are worth one. */
export async function makeStimulus(
  job: StimulusJob,
  { operations, onImage }: { readonly operations: number; readonly onImage: () => void },
): Promise<void> {
  if (operations < INLINE_OPERATIONS || !existsSync(WORKER)) {
    writeStimulus(job, onImage);
    return;
  }
  // A copy of these images alone: the thread must not get the whole batch.
  const worker = new Worker(WORKER, { workerData: { ...job, images: job.images.slice() } });
  worker.on('message', onImage);
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (status) =>
      status === 0
        ? resolve()
        : reject(new Error(`internal: the golden model's thread ended with status ${status}`)),
    );
  });
}
