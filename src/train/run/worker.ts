/**
 * @file A training thread: builds the network once on its own backend, then computes gradients of shards as it is told.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { tensor } from '@tensorflow/tfjs-core';
import { failedBy } from '../../worker-thread.ts';
import { useBackend } from '../backend.ts';
import { loadParameters } from '../network/binding.ts';
import { buildNetwork } from '../network/build-network.ts';
import { gradientStep, logitsOf } from '../network/gradient-step.ts';
import { parametersOf } from '../network/parameters.ts';
import { roundProducts } from '../network/round-products.ts';
import type { FromWorker, ShardJob, WorkerStart } from './messages.ts';
import { shardBatch } from './shard-batch.ts';

const port = parentPort;
if (!port) throw new Error('internal: the training worker runs as a worker thread only');

const send = (message: FromWorker): void => port.postMessage(message);

try {
  const start = workerData as WorkerStart;
  const { model, settings, parameters, slots, quantization } = start;
  const backend = await useBackend(start.backend);
  const network = buildNetwork(model, {
    weightGradient: settings.weightGradient,
    ...(quantization === undefined ? {} : { quantization }),
  });
  const layout = parametersOf(model);
  const { normalization, inputShape } = model;
  const batch = shardBatch({ ...start, normalization });
  const taught = start.teacher && settings.distill > 0 ? buildNetwork(start.teacher) : undefined;
  const rounded = new Float32Array(parameters.length);
  const load = (): void => {
    rounded.set(parameters);
    if (quantization !== undefined) roundProducts(layout, rounded);
    loadParameters(network, layout, rounded);
  };
  const compute = (job: ShardJob): FromWorker => {
    batch.fill(job);
    load();
    const images = tensor(batch.inputs, [settings.shard, ...inputShape], 'float32');
    const teacher = taught && { logits: logitsOf(taught, images), share: settings.distill };
    const shard = { images, labels: batch.labels, teacher };
    const result = gradientStep(network, shard, slots[job.slot]);
    images.dispose();
    return { kind: 'done', slot: job.slot, result };
  };
  port.on('message', (job: ShardJob) => {
    try {
      send(compute(job));
    } catch (error) {
      send(failedBy(error));
    }
  });
  send({ kind: 'ready', backend });
} catch (error) {
  send(failedBy(error));
}
