/** @file Fine-tuning for few bits, from a trained float network to the accuracy of its integer network. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateFloat } from '../../../src/kernels/evaluate-float.ts';
import { evaluateInteger } from '../../../src/kernels/evaluate-integer.ts';
import { readModel } from '../../../src/model/store.ts';
import type { FloatModel } from '../../../src/model/types.ts';
import { quantize } from '../../../src/quantize/quantize.ts';
import { openTrainingData, type TrainingData } from '../../../src/train/data/open-training-data.ts';
import { crossEntropy } from '../../../src/train/network/cross-entropy.ts';
import { prepareTuning } from '../../../src/train/network/prepare-tuning.ts';
import { calibrationImages } from '../../../src/train/run/integer-of.ts';
import { trainModel } from '../../../src/train/run/train-model.ts';
import type { TrainModelRequest } from '../../../src/train/run/train-request.ts';
import type { TrainSettings } from '../../../src/train/types.ts';
import { tinyRun } from './tiny-run.ts';

const BITS = 2;
const widths = { actWidth: BITS, weightWidth: BITS };
let folder: string;
let data: TrainingData;
let float: FloatModel;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'adderforge-tune-'));
  data = await openTrainingData({ source: 'shapes', shape: [12, 12, 1] });
  const request = await tinyRun(join(folder, 'float'), { data, settings: { epochs: 8 } });
  const outcome = await trainModel(request);
  if (outcome.kind !== 'finished') throw new Error('it was stopped');
  float = outcome.model;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `adderforge train tiny --from ... --quantize 2` asks for. */
async function tuning(
  output: string,
  changes: Partial<Omit<TrainModelRequest, 'settings'>> = {},
): Promise<TrainModelRequest> {
  const prepared = await prepareTuning({
    ...{ model: float, ...calibrationImages(data.training), ...widths },
    threads: 1,
  });
  const settings: Partial<TrainSettings> = {
    optimizer: 'adam',
    weightGradient: 'sign',
    schedule: 'step',
    distill: 1,
    rate: 0.002,
    affineRate: 3,
    epochs: 3,
    batch: 64,
    shard: 16,
  };
  const request = {
    data,
    quantize: BITS,
    teacher: { model: float, digest: 'float' },
    ...prepared,
    ...changes,
  };
  return tinyRun(join(folder, output), { ...request, settings });
}

/** Mean divergence of a model's integer network from the float network on the training images. */
async function divergence(model: FloatModel): Promise<number> {
  const { images, count } = data.training;
  const { model: integer, rounding } = await quantize({
    ...{ model, ...calibrationImages(data.training), ...widths },
    threads: 1,
  });
  const codes = await evaluateInteger({ model: integer, images, count, threads: 1 });
  const { step } = rounding.maps.find(({ layer }) => layer === integer.layers.at(-1)!.name)!;
  const wanted = await evaluateFloat({ model: float, images, count, threads: 1 });
  const labels = data.training.labels.subarray(0, count);
  const logits = Float32Array.from(codes, (code) => code * step);
  return crossEntropy({ logits, labels, teacher: { logits: wanted, share: 1 } }).loss;
}

describe('trainModel() with a rounding', () => {
  it('trainModel() brings the integer network of 2 bits nearer to the float network', async () => {
    const outcome = await trainModel(await tuning('tuned', { evaluateEvery: 3 }));
    if (outcome.kind !== 'finished') throw new Error('it was stopped');
    expect(await readModel(join(folder, 'tuned'))).toEqual(outcome.model);
    const [before, after] = [await divergence(float), await divergence(outcome.model)];
    expect(after).toBeLessThan(0.8 * before);
    const { log } = outcome;
    expect(log[2].trainLoss).toBeLessThan(log[0].trainLoss);
    expect(log[2].agreement).toBeGreaterThanOrEqual(log[0].agreement!);
    // Of the integer network: chance is 25 %.
    expect(log[2].testTop1).toBeGreaterThan(90);
    expect(outcome.model.provenance).toMatchObject({
      fakeQuantization: '2 bits',
      distillation: 'share 1',
    });
  });

  it('trainModel() gives the same bytes on any number of threads, and when it was stopped in between', async () => {
    const settings = (await tuning('unused')).settings;
    const short = { settings: { ...settings, epochs: 1 } };
    await trainModel({ ...(await tuning('one', { threads: 1 })), ...short });
    await trainModel({ ...(await tuning('three', { threads: 3 })), ...short });
    const controller = new AbortController();
    let steps = 0;
    const onStep = (): void => {
      if (++steps === 7) controller.abort();
    };
    const cut = { ...(await tuning('cut')), ...short };
    await trainModel({ ...cut, onStep, signal: controller.signal });
    await trainModel({ ...cut, resume: true });
    const bytes = (output: string) => readFileSync(join(folder, output, 'weights.safetensors'));
    expect(bytes('three')).toEqual(bytes('one'));
    expect(bytes('cut')).toEqual(bytes('one'));
  });

  it('trainModel() drops the rounding of an earlier fine-tuning when it trains without one', async () => {
    const { model, rounding } = await prepareTuning({
      ...{ model: float, ...calibrationImages(data.training), ...widths },
      threads: 1,
    });
    const request = await tinyRun(join(folder, 'plain'), { model: { ...model, rounding } });
    const outcome = await trainModel(request);
    if (outcome.kind !== 'finished') throw new Error('it was stopped');
    expect(outcome.model).not.toHaveProperty('rounding');
  });
});
