import { describe, expect, it } from 'vitest';
import { readStateDict } from '../../src/model/checkpoint.ts';
import { formatSafetensors } from '../../src/model/safetensors.ts';
import {
  type Code,
  dictOf,
  floats,
  get,
  global,
  int,
  legacyFile,
  op,
  put,
  type Storages,
  type TensorSpec,
  tensor,
  text,
  tupleOf,
  zipFile,
  zipForm,
} from './pickle-writer.ts';

const six = floats(1, 2, 3, 4, 5, 6);
const storages: Storages = [
  ['0', 'F32', six],
  ['1', 'I64', Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0)],
];
const weight: TensorSpec = { shape: [2, 3], storage: '0', length: 6 };
const steps: TensorSpec = { shape: [], storage: '1', type: 'I64', length: 1 };
const object = dictOf([
  ['module.a.weight', tensor(weight)],
  ['module.a.num_batches_tracked', tensor(steps)],
]);

/** One tensor of the given kind in a file of the zip form. */
const readOne = (spec: Partial<TensorSpec>, bytes: Uint8Array = six) => {
  const full = { ...weight, ...spec };
  const file = zipForm(dictOf([['t', tensor(full)]]), [['0', full.type ?? 'F32', bytes]]);
  const { shape, data } = readStateDict(file, 'x').get('t')!;
  return { shape, data: [...data] };
};
const readPickle = (code: Code) => readStateDict(zipForm(code, storages), 'x.pth');

describe('readStateDict', () => {
  it.each([
    ['legacy', legacyFile(object, storages)],
    ['zip', zipForm(object, storages)],
    ['packed zip', zipForm(object, storages, { deflate: true })],
    ['zip64', zipForm(object, storages, { zip64: true })],
  ])('readStateDict() reads the %s form', (_, file) => {
    const dict = readStateDict(file, 'x');
    expect([...dict.keys()]).toEqual(['a.weight', 'a.num_batches_tracked']);
    expect(dict.get('a.weight')).toEqual({
      shape: [2, 3],
      data: Float32Array.of(1, 2, 3, 4, 5, 6),
    });
    expect(dict.get('a.num_batches_tracked')).toEqual({ shape: [], data: Float32Array.of(7) });
  });

  it('readStateDict() reads safetensors', () => {
    const bytes = formatSafetensors(
      new Map([
        ['module.w', { type: 'F32', shape: [3, 2], bytes: six }],
        ['half', { type: 'F16', shape: [2], bytes: Uint8Array.of(0, 0x3c, 0, 0xc1) }],
      ]),
    );
    const dict = readStateDict(bytes, 'x');
    expect(dict.get('w')).toEqual({ shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
    // 0x3c00 = 1, 0xc100 = -(1 + 256/1024) * 2^1 = -2.5
    expect(dict.get('half')?.data).toEqual(Float32Array.of(1, -2.5));
  });

  it.each(['state_dict', 'model', 'net'])(
    'readStateDict() finds the state dict under "%s"',
    (key) => {
      const wrapped = dictOf([
        ['epoch', int(3)],
        ['best', tensor(steps)],
        ['optimizer', dictOf([['state', dictOf([['0', tensor(weight)]])]])],
        [key, object],
      ]);
      expect([...readPickle(wrapped).keys()]).toEqual(['a.weight', 'a.num_batches_tracked']);
    },
  );

  it('readStateDict() reads an OrderedDict with attributes, and parameters', () => {
    const parameter = [
      ...global('torch._utils', '_rebuild_parameter'),
      ...tupleOf(tensor(weight), op.false, op.emptyDict),
      ...op.reduce,
    ];
    const ordered = [
      ...[...global('collections', 'OrderedDict'), ...op.emptyTuple, ...op.reduce, ...put(0)],
      ...[...op.mark, ...text('p'), ...parameter, ...op.setItems],
      ...[...dictOf([['_metadata', op.emptyDict]]), ...op.build],
    ];
    expect(readPickle(ordered).get('p')?.shape).toEqual([2, 3]);
  });

  it('readStateDict() follows strides and offsets', () => {
    // Transposed: rows of the storage become columns.
    expect(readOne({ shape: [3, 2], strides: [1, 3] }).data).toEqual([1, 4, 2, 5, 3, 6]);
    // Every second element, from element 1.
    expect(readOne({ shape: [3], strides: [2], offset: 1 }).data).toEqual([2, 4, 6]);
    // An expanded dimension has stride 0.
    expect(readOne({ shape: [2, 2], strides: [0, 1] }).data).toEqual([1, 2, 1, 2]);
    expect(readOne({ shape: [0, 3] }).data).toEqual([]);
    // A dimension of size 1 may have any stride.
    expect(readOne({ shape: [1, 6], strides: [99, 1] }).data).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('readStateDict() shifts tensors that lie in a view of a legacy storage', () => {
    const view = { shape: [2], storage: '0', length: 6, view: ['v', 3, 2] } as const;
    const file = legacyFile(dictOf([['t', tensor(view)]]), [['0', 'F32', six]]);
    expect(readStateDict(file, 'x').get('t')?.data).toEqual(Float32Array.of(4, 5));
    const beyond = { ...view, offset: 1 };
    const bad = legacyFile(dictOf([['t', tensor(beyond)]]), [['0', 'F32', six]]);
    expect(() => readStateDict(bad, 'x')).toThrow(/a tensor reaches element 2 of a storage of 2/);
  });

  it('readStateDict() converts every element type', () => {
    const one = { shape: [1], length: 1 };
    const double = Buffer.alloc(8);
    double.writeDoubleLE(0.1);
    expect(readOne({ ...one, type: 'F64' }, double).data).toEqual([Math.fround(0.1)]);
    // 0x4049 as bfloat16 is 0x40490000 = 3.140625
    expect(readOne({ ...one, type: 'BF16' }, Uint8Array.of(0x49, 0x40)).data).toEqual([3.140625]);
    // Smallest half: 2^-24; largest: 65504
    expect(readOne({ ...one, type: 'F16' }, Uint8Array.of(1, 0)).data).toEqual([2 ** -24]);
    expect(readOne({ ...one, type: 'F16' }, Uint8Array.of(0xff, 0x7b)).data).toEqual([65504]);
    expect(readOne({ ...one, type: 'F16' }, Uint8Array.of(0, 0xfc)).data).toEqual([-Infinity]);
    expect(readOne({ ...one, type: 'I64' }, Uint8Array.from(Array(8).fill(255))).data).toEqual([
      -1,
    ]);
    expect(readOne({ ...one, type: 'I32' }, Uint8Array.of(0, 1, 0, 0)).data).toEqual([256]);
    expect(readOne({ ...one, type: 'I16' }, Uint8Array.of(0xfe, 0xff)).data).toEqual([-2]);
    expect(readOne({ ...one, type: 'I8' }, Uint8Array.of(0x80)).data).toEqual([-128]);
    expect(readOne({ ...one, type: 'U8' }, Uint8Array.of(0x80)).data).toEqual([128]);
    expect(readOne({ ...one, type: 'BOOL' }, Uint8Array.of(1)).data).toEqual([1]);
  });

  it.each<[string, Code, RegExp]>([
    [
      'a call of another name',
      [...global('os', 'system'), ...tupleOf(text('id')), ...op.reduce],
      /wants to use "os.system", which is not allowed/,
    ],
    [
      'a name of the stack',
      [...text('builtins'), ...text('eval'), 0x93],
      /wants to use "builtins.eval"/,
    ],
    ['a name with control characters', global('a\u001b[2J', 'b'), /wants to use "a\\u001b\[2J.b"/],
    [
      'an object of a class',
      [...global('collections', 'OrderedDict'), ...op.emptyTuple, 0x81],
      /opcode 0x81 at byte \d+ is not one/,
    ],
    ['an extension code', [0x82, 1], /opcode 0x82/],
    [
      'a call of a storage type',
      [...global('torch', 'FloatStorage'), ...op.emptyTuple, ...op.reduce],
      /calls "torch.FloatStorage", which is no function/,
    ],
    ['a list in itself', [...op.emptyList, ...put(0), ...get(0), ...op.append], /contains itself/],
    [
      'a dictionary in itself through a tuple',
      [...op.emptyDict, ...put(0), ...text('k'), ...get(0), ...op.tuple1, ...op.setItem],
      /contains itself/,
    ],
    ['a memo entry that is not there', get(2 ** 31), /recalls entry 2147483648/],
    ['an empty stack', op.tuple1, /takes a value from an empty stack/],
    ['a missing mark', op.tuple, /lacks a mark/],
    ['a value below a mark', [...op.emptyList, ...op.mark, ...op.append], /from an empty stack/],
    [
      'a text longer than the file',
      [0x58, 255, 255, 255, 255, 65],
      /4294967295 more were expected/,
    ],
    ['a text longer than any file', [0x8d, ...Array(8).fill(255)], /Infinity more were expected/],
    ['a text that is not UTF-8', [0x58, 1, 0, 0, 0, 0xff], /is not UTF-8/],
    [
      'a key without a value',
      [...op.emptyDict, ...op.mark, ...text('k'), ...op.setItems],
      /a key without a value/,
    ],
    [
      'a list as a key',
      [...op.emptyDict, ...op.emptyList, ...op.none, ...op.setItem],
      /has a list as a key/,
    ],
    ['a list instead of a dictionary', op.emptyList, /holds a list instead of a dictionary/],
    ['no tensors', dictOf([['epoch', int(3)]]), /has no tensors, only "epoch"/],
    [
      'attributes of a tensor',
      [...tensor(weight), ...op.none, ...op.build],
      /sets attributes of a tensor/,
    ],
    [
      'another persistent id',
      [...tupleOf(text('module'), op.none), ...op.persistentId],
      /refers to "module" outside the pickle/,
    ],
    [
      'a tensor beyond its storage',
      dictOf([['t', tensor({ ...weight, shape: [7], strides: [1] })]]),
      /"t": a tensor reaches element 6 of a storage of 6/,
    ],
    [
      'strides beyond the storage',
      dictOf([['t', tensor({ ...weight, strides: [2 ** 40, 1] })]]),
      /reaches element 1099511627778 of/,
    ],
    [
      'a shape without end',
      dictOf([['t', tensor({ ...weight, shape: [2 ** 20, 2 ** 20], strides: [0, 0] })]]),
      /more than 67108864 elements/,
    ],
    [
      'a storage without end',
      dictOf([['t', tensor({ ...weight, length: 2 ** 40 })]]),
      /more than 67108864 elements/,
    ],
    [
      'too many dimensions',
      dictOf([['t', tensor({ ...weight, shape: Array(9).fill(1) })]]),
      /has 9 dimensions, the most is 8/,
    ],
    [
      'sizes without strides',
      dictOf([['t', tensor({ ...weight, strides: [1] })]]),
      /2 sizes and 1 strides/,
    ],
    [
      'a negative offset',
      dictOf([['t', tensor({ ...weight, offset: -1 })]]),
      /a tensor has -1 as its offset/,
    ],
    [
      'two ideas of a storage',
      dictOf([
        ['t', tensor(weight)],
        ['u', tensor({ ...weight, length: 5 })],
      ]),
      /storage "0" is described as/,
    ],
    [
      'a storage that is missing',
      dictOf([['t', tensor({ ...weight, storage: '9' })]]),
      /storage "9" is missing/,
    ],
    [
      'a key with and without module',
      dictOf([
        ['module.a', tensor(weight)],
        ['a', tensor(weight)],
      ]),
      /"a" with and without "module."/,
    ],
  ])('readStateDict() refuses %s', (_, code, message) => {
    expect(() => readPickle(code)).toThrow(message);
    expect(() => readPickle(code)).toThrow(/^Cannot read checkpoint "x.pth": /);
  });

  it('readStateDict() refuses zip files that lie', () => {
    const read = (file: Uint8Array) => () => readStateDict(file, 'x');
    const good = zipForm(object, storages);
    expect(read(good.subarray(0, good.length - 30))).toThrow(/directory is missing/);
    expect(read(zipForm(object, [storages[0]]))).toThrow(/storage "1" is missing/);
    expect(read(zipForm(object, [['0', 'F32', six.subarray(4)], storages[1]]))).toThrow(
      /entry "archive\/data\/0" has 20 bytes, 24 were expected/,
    );
    expect(read(zipFile([{ name: 'readme', bytes: six }]))).toThrow(/with 0 "data.pkl" in it/);
    const twice = { name: 'other/data.pkl', bytes: six };
    expect(read(zipForm(object, storages, { more: [twice] }))).toThrow(/with 2 "data.pkl"/);
    const same = { name: 'archive/version', bytes: six };
    expect(read(zipForm(object, storages, { more: [same] }))).toThrow(/two entries named/);
    const script = { name: 'archive/code/net.py', bytes: six };
    expect(read(zipForm(object, storages, { more: [script] }))).toThrow(/TorchScript/);
    const changed = Buffer.from(good);
    changed[changed.indexOf(Buffer.from(six))] ^= 1;
    expect(read(changed)).toThrow(/the checksum of entry "archive\/data\/0" does not hold/);
  });

  it('readStateDict() takes no memory for a zip entry that cannot be as large as it says', () => {
    // 2^26 elements in 24 bytes
    const file = Buffer.from(
      zipForm(dictOf([['t', tensor({ ...weight, length: 2 ** 26 })]]), storages),
    );
    const entry = file.lastIndexOf('archive/data/0') - 46;
    file.writeUInt16LE(8, entry + 10);
    file.writeUInt32LE(2 ** 28, entry + 24);
    expect(() => readStateDict(file, 'x')).toThrow(/cannot have 268435456 bytes in 24/);
  });

  it('readStateDict() refuses legacy files that lie', () => {
    const read = (file: Uint8Array) => () => readStateDict(file, 'x');
    const good = legacyFile(object, storages);
    expect(read(good.subarray(0, good.length - 1))).toThrow(
      /storage "1" ends at byte \d+, the file/,
    );
    expect(read(Buffer.concat([good, six]))).toThrow(/its storages end at byte/);
    expect(read(legacyFile(object, [storages[0]]))).toThrow(/storage "1" is missing/);
    expect(read(legacyFile(object, [...storages, storages[0]]))).toThrow(/lists storage "0"/);
    expect(read(legacyFile(object, [...storages, ['7', 'F32', six]]))).toThrow(/lists storage "7"/);
    expect(read(legacyFile(object, [['0', 'F32', six.subarray(4)], storages[1]]))).toThrow(
      /storage "0" has 5 elements, its tensors need 6/,
    );
    expect(read(new Uint8Array(0))).toThrow(/neither a PyTorch checkpoint/);
  });
});
