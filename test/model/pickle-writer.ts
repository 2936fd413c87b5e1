/**
 * @file Writes pickles and both forms of torch.save, so that tests can make sound and unsound checkpoints.
 */
import { deflateRawSync } from 'node:zlib';
import { type ElementType, elementBytes } from '../../src/model/element-type.ts';
import { crc32 } from '../../src/model/torch/crc32.ts';

export type Code = readonly number[];

export const op = {
  proto: [0x80, 2],
  stop: [0x2e],
  mark: [0x28],
  none: [0x4e],
  false: [0x89],
  emptyDict: [0x7d],
  emptyList: [0x5d],
  emptyTuple: [0x29],
  tuple: [0x74],
  tuple1: [0x85],
  setItems: [0x75],
  setItem: [0x73],
  append: [0x61],
  reduce: [0x52],
  build: [0x62],
  persistentId: [0x51],
} as const;

export const bytesOf = (value: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.floor(value / 256 ** i) % 256);

export const int = (value: number): Code =>
  value < 0
    ? [0x4a, ...bytesOf(value + 2 ** 32, 4)]
    : value < 2 ** 31
      ? [0x4a, ...bytesOf(value, 4)]
      : [0x8a, 8, ...bytesOf(value, 8)];
export const text = (value: string): Code => {
  const utf8 = [...Buffer.from(value)];
  return [0x58, ...bytesOf(utf8.length, 4), ...utf8];
};
export const put = (index: number): Code => [0x72, ...bytesOf(index, 4)];
export const get = (index: number): Code => [0x6a, ...bytesOf(index, 4)];
export const global = (module: string, name: string): Code => [
  0x63,
  ...Buffer.from(`${module}\n${name}\n`),
];
export const tupleOf = (...items: Code[]): Code => [...op.mark, ...items.flat(), ...op.tuple];
export const dictOf = (entries: readonly (readonly [string, Code])[]): Code => [
  ...op.emptyDict,
  ...op.mark,
  ...entries.flatMap(([key, value]) => [...text(key), ...value]),
  ...op.setItems,
];
export const pickle = (code: Code): Uint8Array =>
  Uint8Array.from([...op.proto, ...code, ...op.stop]);

/** A tensor as torch pickles it. */
export interface TensorSpec {
  readonly shape: readonly number[];
  readonly strides?: readonly number[];
  readonly offset?: number;
  readonly storage: string;
  readonly type?: ElementType;
  /** Elements of the storage. */
  readonly length: number;
  readonly view?: readonly [string, number, number];
}

const storageNames: Readonly<Record<ElementType, string>> = {
  F64: 'DoubleStorage',
  F32: 'FloatStorage',
  F16: 'HalfStorage',
  BF16: 'BFloat16Storage',
  I64: 'LongStorage',
  I32: 'IntStorage',
  I16: 'ShortStorage',
  I8: 'CharStorage',
  U8: 'ByteStorage',
  BOOL: 'BoolStorage',
};

/** `torch._utils._rebuild_tensor_v2(storage, offset, shape, strides, False, OrderedDict())`. */
export function tensor(spec: TensorSpec): Code {
  const { shape, storage, length, type = 'F32', offset = 0, view } = spec;
  const strides =
    spec.strides ?? shape.map((_, d) => shape.slice(d + 1).reduce((p, n) => p * n, 1));
  const viewCode = view ? [tupleOf(text(view[0]), int(view[1]), int(view[2]))] : [];
  const id = tupleOf(
    text('storage'),
    global('torch', storageNames[type]),
    text(storage),
    text('cuda:0'),
    int(length),
    ...viewCode,
  );
  const hooks = [...global('collections', 'OrderedDict'), ...op.emptyTuple, ...op.reduce];
  const args = tupleOf(
    [...id, ...op.persistentId],
    int(offset),
    tupleOf(...shape.map(int)),
    tupleOf(...strides.map(int)),
    op.false,
    hooks,
  );
  return [...global('torch._utils', '_rebuild_tensor_v2'), ...args, ...op.reduce];
}

export type Storages = readonly (readonly [string, ElementType, Uint8Array])[];

/** The legacy form: magic, protocol, system, object, keys, storages. */
export function legacyFile(object: Code, storages: Storages): Uint8Array {
  const keys: Code = [
    ...op.emptyList,
    ...storages.flatMap(([key]) => [...text(key), ...op.append]),
  ];
  const magic = [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
  return Buffer.concat([
    pickle(magic),
    pickle([0x4d, ...bytesOf(1001, 2)]),
    pickle(dictOf([['little_endian', [0x88]]])),
    pickle(object),
    pickle(keys),
    ...storages.flatMap(([, type, bytes]) => [
      Uint8Array.from(bytesOf(bytes.length / elementBytes[type], 8)),
      bytes,
    ]),
  ]);
}

export interface ZipFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly deflate?: boolean;
}

/** A zip file; `zip64` writes its end record in the 64-bit form as torch does. */
export function zipFile(files: readonly ZipFile[], zip64 = false): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes, deflate = false } of files) {
    const packed = deflate ? deflateRawSync(bytes) : bytes;
    const common = Buffer.from([
      ...[20, 0, 0, 0, deflate ? 8 : 0, 0, 0, 0, 0, 0],
      ...bytesOf(crc32(bytes), 4),
      ...bytesOf(packed.length, 4),
      ...bytesOf(bytes.length, 4),
      ...bytesOf(name.length, 2),
    ]);
    const extra = Buffer.from([0x46, 0x42, 4, 0, 90, 90, 90, 90]); // padding as torch writes it
    const header = [Buffer.from([0x50, 0x4b, 3, 4]), common, Buffer.from(bytesOf(extra.length, 2))];
    parts.push(...header, Buffer.from(name), extra, packed);
    directory.push(
      Buffer.concat([
        Buffer.from([0x50, 0x4b, 1, 2, 20, 0]),
        common,
        Buffer.from([...Array(12).fill(0), ...bytesOf(offset, 4)]),
        Buffer.from(name),
      ]),
    );
    offset += 30 + name.length + extra.length + packed.length;
  }
  const list = Buffer.concat(directory);
  const end64 = Buffer.from([
    ...[0x50, 0x4b, 6, 6, ...bytesOf(44, 8), 45, 0, 45, 0, ...Array(8).fill(0)],
    ...[...bytesOf(files.length, 8), ...bytesOf(files.length, 8)],
    ...[...bytesOf(list.length, 8), ...bytesOf(offset, 8)],
    ...[0x50, 0x4b, 6, 7, 0, 0, 0, 0, ...bytesOf(offset + list.length, 8), 1, 0, 0, 0],
  ]);
  const count = zip64 ? 0xffff : files.length;
  const end = Buffer.from([
    ...[0x50, 0x4b, 5, 6, 0, 0, 0, 0, ...bytesOf(count, 2), ...bytesOf(count, 2)],
    ...[...bytesOf(list.length, 4), ...bytesOf(zip64 ? 0xffffffff : offset, 4), 0, 0],
  ]);
  return Buffer.concat([...parts, list, ...(zip64 ? [end64] : []), end]);
}

export interface ZipFormOptions {
  readonly deflate?: boolean;
  readonly zip64?: boolean;
  readonly more?: readonly ZipFile[];
}

/** The zip form: `archive/data.pkl`, `archive/byteorder`, `archive/data/<key>`. */
export function zipForm(
  object: Code,
  storages: Storages,
  { deflate = false, zip64 = false, more = [] }: ZipFormOptions = {},
): Uint8Array {
  const files = [
    { name: 'archive/data.pkl', bytes: pickle(object), deflate },
    { name: 'archive/byteorder', bytes: Buffer.from('little') },
    ...storages.map(([key, , bytes]) => ({ name: `archive/data/${key}`, bytes, deflate })),
    { name: 'archive/version', bytes: Buffer.from('3\n') },
    ...more,
  ];
  return zipFile(files, zip64);
}

/** Little-endian bytes of 32-bit floats. */
export const floats = (...values: number[]): Uint8Array => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeFloatLE(value, 4 * i);
  return bytes;
};
