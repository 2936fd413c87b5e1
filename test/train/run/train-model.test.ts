import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readModel } from '../../../src/model/store.ts';
import { openTrainingData } from '../../../src/train/data/open-training-data.ts';
import { trainModel } from '../../../src/train/run/train-model.ts';
import type { TrainModelRequest } from '../../../src/train/run/train-request.ts';
import type { LogEntry } from '../../../src/train/run/training-folder.ts';
import { tinyRun } from './tiny-run.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'adderforge-train-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const place = (name: string) => join(folder, name);

/** Digest of the trained numbers. */
function weightsOf(output: string): string {
  return createHash('sha256')
    .update(readFileSync(join(output, 'weights.safetensors')))
    .digest('hex');
}

/** The log without the times. */
function logOf(output: string): Partial<LogEntry>[] {
  const lines = readFileSync(`${output}.log.jsonl`, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const { seconds, imagesPerSecond, ...entry } = JSON.parse(line) as LogEntry;
    expect(seconds).toBeGreaterThan(0);
    expect(imagesPerSecond).toBeGreaterThan(0);
    return entry;
  });
}

async function refusal(request: TrainModelRequest): Promise<string> {
  return trainModel(request).then(
    () => 'accepted',
    (error: Error) => error.message,
  );
}

/** Train and stop after so many steps. */
async function stopAfter(steps: number, request: TrainModelRequest) {
  const controller = new AbortController();
  let taken = 0;
  const onStep = () => {
    taken += 1;
    if (taken === steps) controller.abort();
  };
  return trainModel({ ...request, signal: controller.signal, onStep });
}

describe('trainModel()', () => {
  it('trainModel() teaches tiny the shapes in seconds', async () => {
    const data = await openTrainingData({ source: 'shapes', shape: [12, 12, 1] });
    const settings = { epochs: 8, shard: 32 };
    const outcome = await trainModel(
      await tinyRun(place('tiny.model'), { data, settings, evaluateEvery: 4 }),
    );
    if (outcome.kind !== 'finished') throw new Error('it was stopped');
    expect(outcome.log.at(-1)!.testTop1).toBeGreaterThanOrEqual(95);
    const log = logOf(place('tiny.model'));
    expect(log.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    // rate 0.1, 8 epochs: epoch 5 is cos(pi / 2), half of it.
    expect(log[4]!.rate).toBeCloseTo(0.05, 12);
    expect(log.flatMap(({ epoch, testTop1 }) => (testTop1 === undefined ? [] : [epoch]))).toEqual([
      4, 8,
    ]);
    expect(await readModel(place('tiny.model'))).toEqual(outcome.model);
    expect(outcome.model.provenance).toMatchObject({ recipe: 'tiny', seed: '1', start: 'random' });
    expect(readdirSync(folder).sort()).toEqual(['tiny.model', 'tiny.model.log.jsonl']);
  });

  it('trainModel() gives the same bytes for the same seed, on any number of threads', async () => {
    await trainModel(await tinyRun(place('a'), { threads: 1 }));
    await trainModel(await tinyRun(place('b'), { threads: 2 }));
    await trainModel(await tinyRun(place('c'), { threads: 3 }));
    await trainModel(await tinyRun(place('d'), { settings: { seed: 2 } }));
    expect(weightsOf(place('b'))).toBe(weightsOf(place('a')));
    expect(weightsOf(place('c'))).toBe(weightsOf(place('a')));
    expect(logOf(place('b'))).toEqual(logOf(place('a')));
    expect(weightsOf(place('d'))).not.toBe(weightsOf(place('a')));
  });

  it('trainModel() goes on bit for bit, from within an epoch and from its end', async () => {
    const whole = await tinyRun(place('whole'));
    const parted = await tinyRun(place('parted'));
    await trainModel(whole);
    // Epochs of 256 / 64 = 4 steps: stopped after 2 of the first, after its end, after 1 of the second.
    expect(await stopAfter(2, parted)).toEqual({ kind: 'stopped', epochsDone: 0, stepsDone: 2 });
    expect(existsSync(place('parted'))).toBe(false);
    const resumed = { ...parted, resume: true, threads: 1 };
    expect(await stopAfter(2, resumed)).toEqual({ kind: 'stopped', epochsDone: 0, stepsDone: 4 });
    expect(await stopAfter(1, resumed)).toEqual({ kind: 'stopped', epochsDone: 1, stepsDone: 1 });
    expect(await trainModel(resumed)).toMatchObject({ kind: 'finished' });
    expect(weightsOf(place('parted'))).toBe(weightsOf(place('whole')));
    expect(logOf(place('parted'))).toEqual(logOf(place('whole')));
    expect(readdirSync(folder).sort()).toEqual([
      'parted',
      'parted.log.jsonl',
      'whole',
      'whole.log.jsonl',
    ]);
  });

  it('trainModel() resumes only the run that was begun, and names what differs', async () => {
    const request = await tinyRun(place('t'));
    expect(await refusal({ ...request, resume: true })).toMatch(
      /^Cannot resume the training of ".*t": no run is kept in ".*t\.training"\n/,
    );
    await stopAfter(1, request);
    expect(await refusal(request)).toMatch(
      /a run that has not ended is kept in .*\n {2}Add --resume/,
    );
    const other = await tinyRun(place('t'), {
      resume: true,
      settings: { rate: 0.2, localRate: { kind: 'increased', factor: 50 } },
    });
    const message = await refusal(other);
    expect(message.split('\n').filter((line) => !line.startsWith('  '))).toEqual([
      'Cannot resume the training: "eta" was 0.2, now it is not set',
      'Cannot resume the training: "increase" was not set, now it is 50',
      'Cannot resume the training: "local-rate" was "adaptive", now it is "increased"',
      'Cannot resume the training: "rate" was 0.1, now it is 0.2',
    ]);
    // Nothing was touched: the run still goes on.
    expect(await trainModel({ ...request, resume: true })).toMatchObject({ kind: 'finished' });
  });

  it('trainModel() refuses a damaged state', async () => {
    const request = await tinyRun(place('t'));
    await stopAfter(1, request);
    const state = place('t.training/state.safetensors');
    const bytes = readFileSync(state);
    writeFileSync(state, bytes.subarray(0, bytes.length - 4));
    expect(await refusal({ ...request, resume: true })).toMatch(/^Cannot read safetensors file/);
    writeFileSync(place('t.training/settings.json'), '{"format":"else"}');
    expect(await refusal({ ...request, resume: true })).toMatch(
      /^Cannot resume the training: ".*settings\.json" is damaged/,
    );
  });

  it('trainModel() refuses before the first step what it could not write', async () => {
    const request = await tinyRun(place('t'));
    writeFileSync(place('file'), 'no model');
    expect(await refusal({ ...request, output: place('file') })).toMatch(
      /^Cannot write model .*: a file of this name is there\n/,
    );
    expect(await refusal({ ...request, output: place('no/where') })).toMatch(
      /^Cannot write model .*: there is no folder ".*no"\n/,
    );
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('trainModel() stops with advice when the loss is no number', async () => {
    const settings = { rate: 1e30 };
    expect(await refusal(await tinyRun(place('t'), { settings }))).toMatch(
      /^Cannot go on with training: the loss is no finite number at epoch 1, step \d+\n {2}Lower/,
    );
  });

  it('trainModel() passes on what a thread refuses', async () => {
    const request = await tinyRun(place('t'));
    const nodes = request.model.nodes.map((node) =>
      node.name === 'bn2' ? { ...node, beta: 'bn2.gamma' } : node,
    );
    expect(await refusal({ ...request, model: { ...request.model, nodes } })).toMatch(
      /^Cannot train node "bn2": its tensor "bn2.gamma" belongs to node "bn2" too\n/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});
