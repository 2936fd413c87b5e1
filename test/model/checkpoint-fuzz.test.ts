import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DesignError } from '../../src/issues.ts';
import { findArchitecture } from '../../src/model/architectures/registry.ts';
import { buildModel } from '../../src/model/build-model.ts';
import { readStateDict } from '../../src/model/checkpoint.ts';
import { formatSafetensors } from '../../src/model/safetensors.ts';
import { realData } from '../data/real-data.ts';
import { dictOf, floats, legacyFile, type Storages, tensor, zipForm } from './pickle-writer.ts';

const six = floats(1, 2, 3, 4, 5, 6);
const storages: Storages = [
  ['0', 'F32', six],
  ['1', 'F32', six],
];
const object = dictOf([
  ['a', tensor({ shape: [2, 3], storage: '0', length: 6 })],
  ['b', tensor({ shape: [3, 2], strides: [1, 3], storage: '1', length: 6 })],
]);
const legacy = legacyFile(object, storages);
const zip = zipForm(object, storages);
const packed = zipForm(object, storages, { deflate: true, zip64: true });
const safetensors = formatSafetensors(
  new Map([
    ['a', { type: 'F32', shape: [2, 3], bytes: six }],
    ['b', { type: 'F16', shape: [12], bytes: six }],
  ]),
);

/** A few seconds; set ADDERFORGE_FUZZ_RUNS for a longer search. */
const RUNS = Number(process.env.ADDERFORGE_FUZZ_RUNS ?? 1500);

/** One change of a file: overwrite, cut, repeat or insert. */
const mutation = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('set' as const), at: fc.nat(), value: fc.nat(255) }),
  },
  fc.record({
    kind: fc.constant('wide' as const),
    at: fc.nat(),
    value: fc.constantFrom(0xff, 0x7f, 0x80, 0),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), value: fc.nat(64) }),
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(), value: fc.nat(255) }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutate(file: Uint8Array, mutations: readonly Mutation[]): Uint8Array {
  let bytes = Buffer.from(file);
  for (const { kind, at, value } of mutations) {
    const place = at % bytes.length;
    if (kind === 'set') bytes[place] = value;
    else if (kind === 'wide') bytes.fill(value, place, Math.min(bytes.length, place + 8));
    else if (kind === 'cut' && bytes.length > value + 1) {
      bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + value)]);
      if (bytes.length === 0) return bytes;
    } else if (kind === 'insert') {
      bytes = Buffer.concat([bytes.subarray(0, place), Buffer.of(value), bytes.subarray(place)]);
    }
  }
  return bytes;
}

/** Reads the file: a state dict or a DesignError, soon, and within little memory. */
function expectTame(file: Uint8Array): 'read' | 'refused' {
  const before = process.memoryUsage();
  const start = performance.now();
  try {
    readStateDict(file, 'fuzz');
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(DesignError);
    expect((error as DesignError).issues.length).toBe(1);
    return 'refused';
  } finally {
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(64 * 2 ** 20);
    expect(performance.now() - start).toBeLessThan(2000);
  }
}

describe('readStateDict under mutation', () => {
  it.each([
    ['legacy', legacy],
    ['zip', zip],
    ['packed zip64', packed],
    ['safetensors', safetensors],
  ])('readStateDict() gives tensors or one DesignError when a %s file is mutated', (_, file) => {
    expect(expectTame(file)).toBe('read');
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        outcomes.add(expectTame(mutate(file, mutations)));
      }),
      { numRuns: RUNS },
    );
    expect(outcomes).toContain('refused');
  });

  it('readStateDict() gives tensors or one DesignError when bytes are random', () => {
    const starts = [legacy.subarray(0, 40), zip.subarray(0, 60), Uint8Array.of()];
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 400 }), (start, bytes) => {
        expectTame(Buffer.concat([start, bytes]));
      }),
      { numRuns: RUNS },
    );
  });

  const official = realData('addernet', 'ResNet20-AdderNet.pth');
  it.skipIf(!official)(
    'buildModel() gives a model or a DesignError when the official file is mutated',
    () => {
      const file = readFileSync(official!);
      const arch = findArchitecture('resnet20');
      // The pickles fill the first 23,573 bytes; a change of a weight afterwards is no error.
      const inPickles = fc.record({
        kind: fc.constant('set' as const),
        at: fc.nat(23_572),
        value: fc.nat(255),
      });
      fc.assert(
        fc.property(fc.array(inPickles, { minLength: 1, maxLength: 3 }), (mutations) => {
          try {
            const dict = readStateDict(mutate(file, mutations), 'fuzz');
            buildModel(arch, dict, { name: 'fuzz', provenance: {} });
          } catch (error) {
            expect(error).toBeInstanceOf(DesignError);
          }
        }),
        { numRuns: 60 },
      );
    },
  );
});
