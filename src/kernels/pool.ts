/**
 * @file Worker threads that share a batch of images.
 *
 * The batch is cut into chunks of a fixed size, whatever the number of threads; each worker takes the
 * next one when it is free. Statistics are merged in the order of the chunks, so that results do not
 * depend on how many threads ran or which was faster.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { DesignError, fail } from '../issues.ts';
import type { MapShape } from '../model/types.ts';
import { packageRoot } from '../package-root.ts';
import type { Progress } from '../progress.ts';
import { compileKernels } from './instance.ts';
import { inputShapeOf, type Job, type MapBatch, type Range, tapShapes } from './job.ts';
import { finishMoments, type Moments, mergeMoments, type PartialMoments } from './moments.ts';
import type { FromWorker, WorkerStart } from './worker-messages.ts';

const CHUNK_IMAGES = 16;
/** Kept maps of a batch together. */
const LIMIT_BYTES = 2 ** 32;

/** A job with its images: `count` of them, bytes, channels last. */
export interface BatchRequest {
  readonly job: Job;
  readonly images: Uint8Array;
  readonly count: number;
  /** Worker threads; all the machine can run at once when not given. */
  readonly threads?: number;
  readonly progress: Progress;
}

/** For each tap its maps (`collect: 'maps'`) or its statistics (`'moments'`). */
export interface BatchResult {
  readonly maps: readonly MapBatch[];
  readonly moments: readonly Moments[];
}

/** Run a batch on worker threads; they have ended when this returns or throws. */
export async function runBatch(request: BatchRequest): Promise<BatchResult> {
  const { job, images, count, progress } = request;
  const imageBytes = elements(inputShapeOf(job.network));
  if (count < 1 || images.length < count * imageBytes) {
    throw new Error(
      `internal: ${images.length} bytes for ${count} images of ${imageBytes} bytes each`,
    );
  }
  const shapes = tapShapes(job);
  const maps = job.collect === 'maps' ? shareMaps(job, shapes, count) : [];
  const module = await compileKernels();
  const batch = { images: shareImages(images, count * imageBytes), maps, shapes };
  const ranges = cutBatch(count);
  const threads = Math.min(request.threads ?? availableParallelism(), ranges.length);
  const parts = await runWorkers({
    start: { module, job, batch, imageBytes },
    ranges,
    threads: Math.max(1, threads),
    progress: (done) => progress(done, count, 'images'),
  });
  const moments =
    job.collect === 'maps'
      ? []
      : shapes.map((_, tap) => finishMoments(parts.map((part) => part[tap]).reduce(mergeMoments)));
  return { maps, moments };
}

const elements = ([rows, cols, channels]: MapShape): number => rows * cols * channels;

function cutBatch(count: number): readonly Range[] {
  return Array.from({ length: Math.ceil(count / CHUNK_IMAGES) }, (_, i) => ({
    first: i * CHUNK_IMAGES,
    end: Math.min((i + 1) * CHUNK_IMAGES, count),
  }));
}

function shareImages(images: Uint8Array, bytes: number): Uint8Array {
  const used = images.subarray(0, bytes);
  if (images.buffer instanceof SharedArrayBuffer) return used;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes));
  shared.set(used);
  return shared;
}

function shareMaps(job: Job, shapes: readonly MapShape[], count: number): readonly MapBatch[] {
  const sizes = shapes.map((shape) => elements(shape) * count * 4);
  const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
  if (total > LIMIT_BYTES) {
    const mebibytes = (bytes: number) => Math.ceil(bytes / 2 ** 20);
    fail(
      `Cannot keep the maps of ${count} images of "${job.network.model.name}": they need ${mebibytes(total)} MiB, the limit is ${mebibytes(LIMIT_BYTES)}`,
      'Use fewer images',
    );
  }
  return sizes.map((bytes) => {
    const memory = new SharedArrayBuffer(bytes);
    return job.network.kind === 'float' ? new Float32Array(memory) : new Int32Array(memory);
  });
}

interface WorkersRequest {
  readonly start: WorkerStart;
  readonly ranges: readonly Range[];
  readonly threads: number;
  /** Told the number of images done so far. */
  readonly progress: (done: number) => void;
}

/** Statistics of each range, in order. */
async function runWorkers(request: WorkersRequest): Promise<(readonly PartialMoments[])[]> {
  const workers = Array.from(
    { length: request.threads },
    () => new Worker(workerFile(), { workerData: request.start }),
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
        if (next < ranges.length) worker.postMessage(ranges[next++]);
      };
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('internal: a kernel worker ended early')));
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'failed') return reject(received(message));
        if (message.kind === 'done') {
          const { first, end } = message.range;
          parts[Math.floor(first / CHUNK_IMAGES)] = message.moments;
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

function received({ issues, message }: Extract<FromWorker, { kind: 'failed' }>): Error {
  return issues.length > 0 ? new DesignError(issues) : new Error(message);
}

/** Node 20 cannot run TypeScript in a worker: from the sources, the compiled worker is taken. */
function workerFile(): URL {
  return import.meta.url.endsWith('.ts')
    ? pathToFileURL(join(packageRoot, 'dist', 'src', 'kernels', 'worker.js'))
    : new URL('./worker.js', import.meta.url);
}
