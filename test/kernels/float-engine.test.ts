import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { normalizeImage, runFloat } from '../../src/golden/float.ts';
import { createFloatEngine } from '../../src/kernels/float-engine.ts';
import { compileKernels } from '../../src/kernels/instance.ts';
import type { KernelModule } from '../../src/kernels/web-assembly.ts';
import type { FloatModel } from '../../src/model/types.ts';
import { randomSource } from '../random-source.ts';
import { drawFloatModel, drawImage, draws } from './random-networks.ts';

let module: KernelModule;
beforeAll(async () => {
  module = await compileKernels();
});

function runKernels(model: FloatModel, image: Uint8Array): Map<string, Float32Array> {
  const taps = ['input', ...model.nodes.map(({ name }) => name)].map(
    (name) => ({ name, stage: 'output' }) as const,
  );
  const engine = createFloatEngine(module, model, taps);
  const found = new Map<string, Float32Array>();
  const keep = (index: number, values: ArrayLike<number>): void => {
    found.set(taps[index].name, Float32Array.from(values));
  };
  engine.run(
    image.map((byte) => 255 - byte),
    keep,
  ); // another image first: nothing of it may stay
  engine.run(image, keep);
  return found;
}

/** Largest distance, as a part of the larger map's largest magnitude. */
function relativeError(found: Float32Array, expected: Float32Array): number {
  let worst = 0;
  let size = 1e-30;
  expected.forEach((value, i) => {
    worst = Math.max(worst, Math.abs(found[i] - value));
    size = Math.max(size, Math.abs(value));
  });
  return found.length === expected.length ? worst / size : Number.POSITIVE_INFINITY;
}

describe('createFloatEngine', () => {
  it('createFloatEngine() follows runFloat() node by node when networks are random', () => {
    fc.assert(
      fc.property(draws, (draw) => {
        const model = drawFloatModel(draw);
        const image = drawImage(draw, model.inputShape);
        const found = runKernels(model, image);
        expect(found.get('input')).toEqual(normalizeImage(model, image));
        for (const node of model.nodes) {
          // One node at a time, from the kernels' own inputs: rounding is not carried along.
          const inputs = node.kind === 'add' ? node.inputs : [node.input];
          const expected = runNodeAlone(model, node.name, inputs, found);
          expect(relativeError(found.get(node.name)!, expected), node.name).toBeLessThan(1e-5);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('createFloatEngine() computes nothing beyond the last tap when nodes follow it', () => {
    const model = drawFloatModel(randomSource(7));
    const first = model.nodes[0].name;
    const engine = createFloatEngine(module, model, [{ name: first, stage: 'output' }]);
    const seen: number[] = [];
    engine.run(drawImage(randomSource(1), model.inputShape), (index) => seen.push(index));
    expect(seen).toEqual([0]);
  });
});

/** The definition applied to one node whose inputs are given. */
function runNodeAlone(
  model: FloatModel,
  name: string,
  inputs: readonly string[],
  maps: ReadonlyMap<string, Float32Array>,
): Float32Array {
  const before = model.nodes.findIndex((node) => node.name === name);
  const [source] = inputs;
  const whole = runFloat({ ...model, nodes: model.nodes.slice(0, before) }, maps.get('input')!);
  const inputShape = whole.get(source)!.shape as FloatModel['inputShape'];
  const node = model.nodes[before];
  const alone =
    node.kind === 'add'
      ? { ...node, inputs: ['input', 'input'] as const }
      : { ...node, input: 'input' };
  const result = runFloat({ ...model, inputShape, nodes: [alone] }, maps.get(source)!);
  return result.get(name)!.data;
}
