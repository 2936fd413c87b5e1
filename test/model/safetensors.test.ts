import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ElementType, elementBytes } from '../../src/model/element-type.ts';
import {
  formatSafetensors,
  parseSafetensors,
  type StoredTensor,
} from '../../src/model/safetensors.ts';
import { loadArray, storeArray } from '../../src/model/typed-tensors.ts';

const file = (header: string, data: number[] = []): Uint8Array => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header), Buffer.from(data)]);
};
const parse = (bytes: Uint8Array) => () => parseSafetensors(bytes, 'x');

describe('formatSafetensors', () => {
  it('formatSafetensors() writes the bytes of the specification', () => {
    const bytes = formatSafetensors(
      new Map<string, StoredTensor>([
        ['b', { type: 'U8', shape: [3], bytes: Uint8Array.of(1, 2, 3) }],
        ['a', storeArray('I16', [2], Int16Array.of(-2, 256))],
      ]),
    );
    const json =
      '{"a":{"dtype":"I16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[3],"data_offsets":[4,7]}}';
    // 106 characters, padded with spaces to a multiple of 8.
    const header = json.padEnd(Math.ceil(json.length / 8) * 8);
    expect(Buffer.from(bytes)).toEqual(file(header, [0xfe, 0xff, 0, 1, 1, 2, 3]));
  });

  it('parseSafetensors() returns what formatSafetensors() wrote, in any order', () => {
    const types = Object.keys(elementBytes) as ElementType[];
    const tensor = fc
      .record({ type: fc.constantFrom(...types), shape: fc.array(fc.nat(4), { maxLength: 3 }) })
      .map(({ type, shape }): StoredTensor => {
        const length = shape.reduce((p, n) => p * n, elementBytes[type]);
        return { type, shape, bytes: Uint8Array.from({ length }, (_, i) => i * 37) };
      });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.string(), tensor), { selector: ([name]) => name }),
        (entries) => {
          const named = entries.filter(([name]) => name !== '__metadata__');
          const bytes = formatSafetensors(new Map(named));
          expect(formatSafetensors(new Map([...named].reverse()))).toEqual(bytes);
          expect(parseSafetensors(bytes, 'x')).toEqual(new Map(named));
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('parseSafetensors', () => {
  const entry = (fields: string) =>
    `{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]${fields}}}`;

  it('parseSafetensors() passes over the metadata', () => {
    const header =
      '{"__metadata__":{"by":"someone"},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}';
    expect([...parseSafetensors(file(header, [5, 6]), 'x').keys()]).toEqual(['a']);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['a cut header', file('{}').subarray(0, 9), /header has 2 bytes, at most 1 are possible/],
    [
      'a header without end',
      Uint8Array.from(Array(8).fill(255)),
      /header has 18446744073709552000 bytes/,
    ],
    ['no header', Uint8Array.of(1), /it has 1 bytes/],
    ['a header that is no JSON', file('{"a":'), /not JSON/],
    ['a header that is a list', file('[]'), /not a JSON object/],
    ['an unknown type', file(entry('').replace('U8', 'F8'), [1, 2]), /tensor "a" has type "F8"/],
    ['a negative size', file(entry('').replace('[2]', '[-2]'), [1, 2]), /entry "a" is malformed/],
    ['an unknown field', file(entry(',"x":1'), [1, 2]), /entry "a" is malformed/],
    [
      'a tensor that is cut',
      file(entry(''), [1]),
      /needs bytes 0 to 2 of 1, its entry says 0 to 2/,
    ],
    ['bytes of nobody', file(entry(''), [1, 2, 3]), /end at byte 2 of 3/],
    [
      'a gap',
      file(entry('').replace('[0,2]', '[1,3]'), [1, 2, 3]),
      /needs bytes 0 to 2 of 3, its entry says 1 to 3/,
    ],
    [
      'a length that does not fit',
      file(entry('').replace('[2]', '[3]'), [1, 2]),
      /needs bytes 0 to 3/,
    ],
    [
      'a shape without end',
      file(entry('').replace('[2]', '[9007199254740991,9007199254740991]'), [1, 2]),
      /tensor "a" needs/,
    ],
  ])('parseSafetensors() refuses %s', (_, bytes, message) => {
    expect(parse(bytes)).toThrow(message);
  });
});

describe('loadArray', () => {
  it('loadArray() copies, also out of a Buffer at an odd offset', () => {
    const bytes = Buffer.from([9, 1, 0, 0, 0, 255, 255, 255, 255]).subarray(1);
    const data = loadArray('I32', { type: 'I32', shape: [2], bytes });
    bytes.fill(0);
    expect([...data]).toEqual([1, -1]);
  });
});
