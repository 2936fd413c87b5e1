/**
 * @file A batch of images, shared by worker threads.
 *
 * The batch is cut into chunks of a fixed size, whatever the number of threads. Statistics are merged in the order of the chunks, so that results do not
 * depend on how many threads ran or which was faster.
 */
import { availableParallelism } from 'node:os';
import { fail } from '../issues.ts';
import type { MapShape } from '../model/types.ts';
import type { Progress } from '../progress.ts';
import { compileKernels } from './instance.ts';
import { inputShapeOf, type Job, type MapBatch, type Range, tapShapes } from './job.ts';
import { finishMoments, type Moments, mergeMoments } from './moments.ts';
import { runWorkers } from './run-workers.ts';

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
