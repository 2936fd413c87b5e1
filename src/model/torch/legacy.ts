/**
 * @file torch.save's form before 1.6: five pickles (magic number, protocol 1001, system, object, storage keys),
 * then for each key a 64-bit element count and the elements.
 *
 * Source: torch/serialization.py, `_legacy_save` and `_legacy_load`.
 */
import { elementBytes } from '../element-type.ts';
import { quote } from '../names.ts';
import type { Refuse } from './globals.ts';
import { describeValue, isKind, type PickledStorage, type PickleValue } from './pickle-value.ts';
import { collectStorages } from './storages.ts';
import { unpickle } from './unpickle.ts';

/** PROTO 2, LONG1 of ten bytes, 0x1950a86a20f9469cfc6c, STOP. */
const MAGIC = Uint8Array.of(
  ...[0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e],
);
const PROTOCOL = 1001;

/** A saved object, and the bytes of its storages by key. */
export interface TorchFile {
  readonly value: PickleValue;
  readonly storageBytes: (storage: PickledStorage) => Uint8Array;
}

export function isLegacyTorch(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/** Read a legacy checkpoint; the storages stay where they are in `bytes`. */
export function readLegacyTorch(bytes: Uint8Array, refuse: Refuse): TorchFile {
  const protocol = unpickle(bytes, MAGIC.length, refuse);
  if (protocol.value !== PROTOCOL) {
    const found =
      typeof protocol.value === 'number' ? protocol.value : describeValue(protocol.value);
    refuse(`its protocol is ${found}, ${PROTOCOL} was expected`);
  }
  const system = unpickle(bytes, protocol.end, refuse);
  if (isKind(system.value, 'dict') && system.value.entries.get('little_endian') === false) {
    refuse('its numbers are big endian, only little endian is read');
  }
  const { value, end } = unpickle(bytes, system.end, refuse);
  const keys = unpickle(bytes, end, refuse);
  if (!isKind(keys.value, 'list')) {
    return refuse(`its storage keys are ${describeValue(keys.value)} instead of a list`);
  }
  const storages = collectStorages(value, refuse);
  const found = new Map<string, Uint8Array>();
  let at = keys.end;
  for (const key of keys.value.items) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (storage === undefined || found.has(storage.key)) {
      const name = typeof key === 'string' ? quote(key) : describeValue(key);
      return refuse(`it lists storage ${name}, which no tensor uses or which came before`);
    }
    at = readStorage(bytes, { at, storage, found, refuse });
  }
  if (at !== bytes.length) refuse(`its storages end at byte ${at} of ${bytes.length}`);
  return {
    value,
    storageBytes: ({ key }) => found.get(key) ?? refuse(`storage ${quote(key)} is missing`),
  };
}

interface StorageSlot {
  readonly at: number;
  readonly storage: PickledStorage;
  readonly found: Map<string, Uint8Array>;
  readonly refuse: Refuse;
}

function readStorage(bytes: Uint8Array, { at, storage, found, refuse }: StorageSlot): number {
  const begin = at + 8;
  if (begin > bytes.length) refuse(`it ends at byte ${bytes.length}, within a storage's length`);
  const count = new DataView(bytes.buffer, bytes.byteOffset + at, 8).getBigUint64(0, true);
  if (count !== BigInt(storage.length)) {
    refuse(
      `storage ${quote(storage.key)} has ${count} elements, its tensors need ${storage.length}`,
    );
  }
  const end = begin + storage.length * elementBytes[storage.type];
  if (end > bytes.length) {
    refuse(`storage ${quote(storage.key)} ends at byte ${end}, the file at ${bytes.length}`);
  }
  found.set(storage.key, bytes.subarray(begin, end));
  return end;
}
