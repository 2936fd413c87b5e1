/**
 * @file A worker thread: lays out the network once, then runs ranges of images as it is told.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { failedBy } from '../worker-thread.ts';
import { createEngine, runRange } from './job.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.ts';

const port = parentPort;
if (!port) throw new Error('internal: the kernel worker runs as a worker thread only');

const send = (message: FromWorker): void => port.postMessage(message);

try {
  const { module, job, batch, imageBytes } = workerData as WorkerStart;
  const engine = createEngine(module, job);
  port.on('message', ({ index, range }: ToWorker) => {
    try {
      send({ kind: 'done', index, moments: runRange(engine, batch, { ...range, imageBytes }) });
    } catch (error) {
      send(failedBy(error));
    }
  });
  send({ kind: 'ready' });
} catch (error) {
  send(failedBy(error));
}
