import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../src/train/backend.ts';
import { loadParameters, storeParameters } from '../../../src/train/network/binding.ts';
import { buildNetwork } from '../../../src/train/network/build-network.ts';
import { fromLayersOrder, layersShape, toLayersOrder } from '../../../src/train/network/layout.ts';
import {
  flattenParameters,
  parameterCount,
  parametersOf,
  withParameters,
} from '../../../src/train/network/parameters.ts';
import { everyKind } from './small-model.ts';

beforeAll(async () => {
  await useBackend('wasm');
});

describe('layout', () => {
  it('toLayersOrder() turns OHWI to HWIO', () => {
    // out 2, rows 1, columns 2, in 2: element [o, 0, w, i] holds o * 100 + w * 10 + i
    const data = Float32Array.from([0, 1, 10, 11, 100, 101, 110, 111]);
    const turned = new Float32Array(8);
    toLayersOrder({ shape: [2, 1, 2, 2], data }, turned);
    expect(layersShape([2, 1, 2, 2])).toEqual([1, 2, 2, 2]);
    expect([...turned]).toEqual([0, 100, 1, 101, 10, 110, 11, 111]);
  });

  it('fromLayersOrder() undoes toLayersOrder()', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
        (shape) => {
          const size = shape.reduce((a, b) => a * b, 1);
          const data = Float32Array.from({ length: size }, (_, i) => i);
          const turned = new Float32Array(size);
          toLayersOrder({ shape, data }, turned);
          expect(fromLayersOrder(shape, turned)).toEqual({ shape, data });
        },
      ),
    );
  });
});

describe('parametersOf', () => {
  it('parametersOf() lists the tensors of all nodes without gaps', () => {
    const parameters = parametersOf(everyKind());
    expect(parameters.slice(0, 4)).toEqual([
      // HWIO of [4, 3, 2, 2]
      { name: 'c1.w', role: 'product', shape: [3, 2, 2, 4], offset: 0, length: 48 },
      { name: 'c1.b', role: 'bias', shape: [4], offset: 48, length: 4 },
      { name: 'n1.gamma', role: 'gamma', shape: [4], offset: 52, length: 4 },
      { name: 'n1.beta', role: 'beta', shape: [4], offset: 56, length: 4 },
    ]);
    const roles = new Map(parameters.map(({ name, role }) => [name, role]));
    expect(roles.get('a1.w')).toBe('adder');
    expect(roles.get('l1.w')).toBe('adder');
    expect(roles.get('l1.b')).toBe('bias');
    expect(roles.get('n2.mean')).toBe('mean');
    expect(roles.get('n2.variance')).toBe('variance');
    // 48 + 4, 144, 108, 60 + 5, 25, 15 + 3 and three normalizations of 4, 4, 5 channels
    expect(parameterCount(parameters)).toBe(52 + 144 + 108 + 65 + 25 + 18 + 4 * 13);
  });
});

describe('the flat array', () => {
  it('withParameters() undoes flattenParameters() and shares no memory', () => {
    const model = everyKind();
    const flat = flattenParameters(model);
    const back = withParameters(model, flat);
    expect(back).toEqual(model);
    flat.fill(0);
    expect(back).toEqual(model);
  });

  it('storeParameters() reads from the network what loadParameters() put there, shared memory included', () => {
    const model = everyKind();
    const parameters = parametersOf(model);
    const count = parameterCount(parameters);
    const shared = new Float32Array(new SharedArrayBuffer(4 * count));
    shared.set(Float32Array.from({ length: count }, (_, i) => i + 1));
    const network = buildNetwork(model);
    loadParameters(network, parameters, shared);
    // Variables have to be copies.
    const wanted = Float32Array.from(shared);
    shared.fill(-1);
    const stored = new Float32Array(count);
    storeParameters(network, parameters, stored);
    expect(stored).toEqual(wanted);
    network.dispose();
  });

  it('storeParameters() gives the weights of the model that the network was built of', () => {
    const model = everyKind();
    const parameters = parametersOf(model);
    const network = buildNetwork(model);
    const stored = new Float32Array(parameterCount(parameters));
    storeParameters(network, parameters, stored);
    expect(stored).toEqual(flattenParameters(model));
    network.dispose();
  });
});
