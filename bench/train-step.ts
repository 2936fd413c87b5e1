/**
 * @file One training step of ours as a function, for bench/train.ts: of one adder layer, and of a whole network.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { findArchitecture } from '../src/model/architectures/registry.ts';
import { shareImages } from '../src/train/data/training-set.ts';
import { initialModel } from '../src/train/network/initial-model.ts';
import { flattenParameters, parametersOf } from '../src/train/network/parameters.ts';
import { updateTensor } from '../src/train/optimize/sgd.ts';
import { averageSlots } from '../src/train/run/average.ts';
import { initialState, sharedFloats } from '../src/train/run/train-state.ts';
import { trainStep } from '../src/train/run/train-step.ts';
import { startWorkers } from '../src/train/run/worker-pool.ts';
import type { TrainSettings } from '../src/train/types.ts';
import type { LayerStart } from './layer-messages.ts';

/** A step that can be taken again and again; `end` stops its threads. */
export interface StepRunner {
  readonly step: () => Promise<void>;
  readonly end: () => Promise<unknown>;
}

/** Images and threads; each thread takes an equal share of the images. */
export interface StepSize {
  readonly batch: number;
  readonly threads: number;
}

const SIZE = 32;
const CHANNELS = 16;
const RATE = 0.1;
const SGD = {
  momentum: 0.9,
  weightDecay: 5e-4,
  localRate: { kind: 'adaptive', eta: 0.2 },
} as const;

/** ResNet-20's layer of 32 x 32 x 16: forward, both gradients, the weights' update. */
export async function layerStep({ batch, threads }: StepSize): Promise<StepRunner> {
  const length = 9 * CHANNELS * CHANNELS;
  const values = sharedFloats(length);
  for (let i = 0; i < length; i++) values[i] = ((i * 7919) % 401) / 100 - 2;
  const slots = Array.from({ length: threads }, () => sharedFloats(length));
  const workers = slots.map((gradient) => {
    const images = batch / threads;
    const workerData: LayerStart = {
      weights: values,
      gradient,
      images,
      size: SIZE,
      channels: CHANNELS,
    };
    return new Worker(new URL('./layer-worker.js', import.meta.url), { workerData });
  });
  const answers = () => Promise.all(workers.map((worker) => once(worker, 'message')));
  await answers();
  const velocity = new Float32Array(length);
  const step = async (): Promise<void> => {
    const done = answers();
    for (const worker of workers) worker.postMessage('step');
    await done;
    const gradient = averageSlots(slots);
    updateTensor({ values, velocity, gradient, isAdder: true, rate: RATE, settings: SGD });
  };
  return { step, end: () => Promise.all(workers.map((worker) => worker.terminate())) };
}

/** LeNet-5-BN as `adderforge train` steps it: images from bytes, forward, all gradients, the update. */
export async function networkStep({ batch, threads }: StepSize): Promise<StepRunner> {
  const model = initialModel(findArchitecture('lenet5-bn'), 1);
  const [height, width, channels] = model.inputShape;
  const settings: TrainSettings = {
    ...SGD,
    optimizer: 'sgd',
    affineRate: 1,
    distill: 0,
    epochs: 1,
    batch,
    shard: batch / threads,
    rate: RATE,
    schedule: 'epoch',
    weightGradient: 'full',
    augmentation: { shift: 0, flip: false },
    seed: 1,
  };
  const bytes = batch * height * width * channels;
  const training = shareImages({
    name: 'noise',
    shape: model.inputShape,
    images: Uint8Array.from({ length: bytes }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 24),
    labels: Uint8Array.from({ length: batch }, (_, i) => i % 10),
    count: batch,
  });
  const order = Int32Array.from({ length: batch }, (_, i) => i);
  const state = initialState(flattenParameters(model));
  const slots = Array.from({ length: threads }, () => sharedFloats(state.parameters.length));
  const pool = await startWorkers(
    { model, settings, training, parameters: state.parameters, order, slots, backend: 'wasm' },
    threads,
  );
  const layout = parametersOf(model);
  const step = async (): Promise<void> => {
    state.progress.step = 0; // the same images again
    await trainStep({ pool, layout, settings, state, steps: 1, slots }, RATE);
  };
  return { step, end: pool.end };
}
