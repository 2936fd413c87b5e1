import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import { normalizeImage, runFloat } from '../../src/golden/float.ts';
import { inputCodes } from '../../src/golden/input-codes.ts';
import { runGolden } from '../../src/golden/run.ts';
import { DesignError } from '../../src/issues.ts';
import { evaluateFloat, nodeMoments, traceFloat } from '../../src/kernels/evaluate-float.ts';
import {
  accumulatorMoments,
  codeMoments,
  evaluateInteger,
  traceInteger,
} from '../../src/kernels/evaluate-integer.ts';
import { compileKernels } from '../../src/kernels/instance.ts';
import type { FloatModel, MapShape } from '../../src/model/types.ts';
import type { QuantizedModel } from '../../src/quantize/types.ts';
import { randomNetwork } from '../random-network.ts';
import { randomSource } from '../random-source.ts';
import { drawFloatModel, drawImage } from './random-networks.ts';

/** Every worker thread that the tests have started. */
const started = vi.hoisted(() => [] as Worker[]);
vi.mock('node:worker_threads', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:worker_threads')>();
  class RecordedWorker extends original.Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      started.push(this);
    }
  }
  return { ...original, Worker: RecordedWorker };
});

const COUNT = 37; // two chunks of 16 and a partial one

function manyImages(shape: MapShape): Uint8Array {
  const draw = randomSource(11);
  return Uint8Array.from(Array.from({ length: COUNT }, () => [...drawImage(draw, shape)]).flat());
}

const integerModel: QuantizedModel = randomNetwork(3);
const integerImages = manyImages(integerModel.input.shape);
const integerBatch = { model: integerModel, images: integerImages, count: COUNT };
const floatModel: FloatModel = drawFloatModel(randomSource(5));
const floatImages = manyImages(floatModel.inputShape);
const floatBatch = { model: floatModel, images: floatImages, count: COUNT };

/** Image `i` of a batch. */
function imageOf(images: Uint8Array, i: number): Uint8Array {
  const size = images.length / COUNT;
  return images.slice(i * size, (i + 1) * size);
}

const lastName = (model: QuantizedModel): string => model.layers.at(-1)!.name;

describe('evaluateInteger', () => {
  it('evaluateInteger() equals runGolden() image by image when three threads share the batch', async () => {
    const logits = await evaluateInteger({ ...integerBatch, threads: 3 });
    const expected = Array.from({ length: COUNT }, (_, i) => {
      const codes = inputCodes(integerModel, imageOf(integerImages, i));
      return [...runGolden(integerModel, codes).get(lastName(integerModel))!];
    });
    expect([...logits]).toEqual(expected.flat());
    expect(new Set(expected.map(String)).size).toBeGreaterThan(1); // images are told apart
  });

  it('evaluateInteger() counts the images up to the last when it reports progress', async () => {
    const seen: (readonly [number, number, string])[] = [];
    await evaluateInteger({
      ...integerBatch,
      threads: 1,
      progress: (...news) => seen.push(news),
    });
    // one thread takes the chunks of 16, 16 and 5 images in turn
    expect(seen).toEqual([
      [16, 37, 'images'],
      [32, 37, 'images'],
      [37, 37, 'images'],
    ]);
  });

  it('evaluateInteger() fails with the cause and ends its threads when progress throws', async () => {
    const progress = (): never => {
      throw new Error('interrupted');
    };
    started.length = 0;
    const run = evaluateInteger({ ...integerBatch, threads: 2, progress });
    await expect(run).rejects.toThrow('interrupted');
    // an ended thread has the number -1
    expect(started.map(({ threadId }) => threadId)).toEqual([-1, -1]);
  });

  it('evaluateInteger() refuses with an issue when the network needs too much memory', async () => {
    const [layer] = integerModel.layers;
    const channels = integerModel.input.shape[2];
    const huge: QuantizedModel = {
      ...integerModel,
      layers: [
        {
          ...layer,
          kind: 'sumPool',
          kernel: [1, 1],
          padding: 20_000,
          stride: 40_000,
          outputShape: [1, 1, channels],
        },
      ],
    };
    const run = evaluateInteger({ ...integerBatch, model: huge, threads: 1 });
    const error = await run.catch((reason: unknown) => reason);
    // the padded map alone has at least 40,001^2 codes = 1.6e9 bytes
    expect(error).toBeInstanceOf(DesignError);
    expect((error as DesignError).message).toMatch(
      /^Cannot evaluate "random-3": its maps and weights need more than \d+ bytes a thread, the limit is 1073741824\n/,
    );
  });

  it('evaluateInteger() fails when there are fewer images than said', async () => {
    await expect(evaluateInteger({ ...integerBatch, count: COUNT + 1 })).rejects.toThrow(
      `for ${COUNT + 1} images`,
    );
  });
});

describe('traceInteger', () => {
  it('traceInteger() keeps input codes and outputs when they are asked for', async () => {
    const first = integerModel.layers[0].name;
    const maps = await traceInteger({ ...integerBatch, keep: ['input', first] });
    const golden = Array.from({ length: COUNT }, (_, i) =>
      runGolden(integerModel, inputCodes(integerModel, imageOf(integerImages, i))),
    );
    expect([...maps.keys()]).toEqual(['input', first]);
    for (const [name, codes] of maps) {
      expect([...codes]).toEqual(golden.flatMap((tensors) => [...tensors.get(name)!]));
    }
  });
});

describe('accumulatorMoments', () => {
  it('accumulatorMoments() is mean and variance of the traced sums when channels are last', async () => {
    const { name, outputShape } = integerModel.layers[0];
    const sums = (await traceInteger({ ...integerBatch, keep: [name], stage: 'accumulator' })).get(
      name,
    )!;
    const moments = (await accumulatorMoments({ ...integerBatch, layers: [name] })).get(name)!;
    const channels = outputShape[2];
    expect(moments.mean).toHaveLength(channels);
    for (let c = 0; c < channels; c++) {
      const values = [...sums].filter((_, i) => i % channels === c);
      const mean = values.reduce((total, value) => total + value, 0) / values.length;
      const variance =
        values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
      expect(moments.mean[c]).toBeCloseTo(mean, 6);
      expect(moments.variance[c] / variance).toBeCloseTo(1, 9);
    }
  });

  it('accumulatorMoments() gives the same bits when one or three threads run', async () => {
    const layers = integerModel.layers.map(({ name }) => name);
    const one = await accumulatorMoments({ ...integerBatch, layers, threads: 1 });
    const three = await accumulatorMoments({ ...integerBatch, layers, threads: 3 });
    expect(three).toEqual(one);
  });
});

describe('codeMoments', () => {
  it('codeMoments() takes the codes when the input is asked for', async () => {
    const codes = (await traceInteger({ ...integerBatch, keep: ['input'] })).get('input')!;
    const moments = (await codeMoments({ ...integerBatch, layers: ['input'] })).get('input')!;
    const channels = integerModel.input.shape[2];
    const first = [...codes].filter((_, i) => i % channels === 0);
    const mean = first.reduce((total, value) => total + value, 0) / first.length;
    expect(moments.mean[0]).toBeCloseTo(mean, 9);
  });
});

describe('evaluateFloat', () => {
  it('evaluateFloat() follows runFloat() image by image when three threads share the batch', async () => {
    const logits = await evaluateFloat({ ...floatBatch, threads: 3 });
    const outputs = Array.from({ length: COUNT }, (_, i) => {
      const input = normalizeImage(floatModel, imageOf(floatImages, i));
      return [...[...runFloat(floatModel, input).values()].at(-1)!.data];
    });
    const expected = outputs.flat();
    const size = Math.max(...expected.map(Math.abs));
    expect(logits).toHaveLength(expected.length);
    const errors = expected.map((value, i) => Math.abs(value - logits[i]) / size);
    expect(Math.max(...errors)).toBeLessThan(1e-4);
    expect(new Set(outputs.map(String)).size).toBeGreaterThan(1);
  });
});

describe('nodeMoments', () => {
  it('nodeMoments() is mean and variance of the traced maps when nodes are float', async () => {
    const name = floatModel.nodes[0].name;
    const values = [...(await traceFloat({ ...floatBatch, keep: [name] })).get(name)!];
    const moments = (await nodeMoments({ ...floatBatch, nodes: [name] })).get(name)!;
    const channels = moments.mean.length;
    for (let c = 0; c < channels; c++) {
      const own = values.filter((_, i) => i % channels === c);
      const mean = own.reduce((total, value) => total + value, 0) / own.length;
      const variance = own.reduce((total, value) => total + (value - mean) ** 2, 0) / own.length;
      expect(moments.mean[c]).toBeCloseTo(mean, 6);
      expect(moments.variance[c] / variance).toBeCloseTo(1, 6);
    }
  });

  it('nodeMoments() fails when the network has no such node', async () => {
    await expect(nodeMoments({ ...floatBatch, nodes: ['absent'] })).rejects.toThrow(
      'internal: "random" has no output of "absent"',
    );
  });
});

describe('compileKernels', () => {
  it('compileKernels() names the build command when the kernels are missing', async () => {
    await expect(compileKernels(join(import.meta.dirname, 'absent.wasm'))).rejects.toThrow(
      'Cannot evaluate a network: the compiled kernels "dist/kernels.wasm" are missing\n  Run "npm run build"',
    );
  });
});
