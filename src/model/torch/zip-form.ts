/**
 * @file torch.save's form since 1.6: a zip file with `<folder>/data.pkl` and one `<folder>/data/<key>` a storage.
 *
 * Source: torch/serialization.py, `_save` and `_load`.
 */
import { elementBytes } from '../element-type.ts';
import { quote } from '../names.ts';
import type { Refuse } from './globals.ts';
import type { TorchFile } from './legacy.ts';
import { collectStorages } from './storages.ts';
import { unpickle } from './unpickle.ts';
import { readZipDirectory, readZipEntry } from './zip.ts';

const MAX_PICKLE_BYTES = 64 * 2 ** 20;

/** Read a zip checkpoint; storages are unpacked when asked for. */
export function readZipTorch(bytes: Uint8Array, refuse: Refuse): TorchFile {
  const entries = readZipDirectory(bytes, refuse);
  const pickles = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (entries.has('data.pkl')) pickles.push('data.pkl');
  if (pickles.length !== 1) {
    return refuse(`it is a zip file with ${pickles.length} "data.pkl" in it, 1 was expected`);
  }
  const folder = pickles[0].slice(0, -'data.pkl'.length);
  if ([...entries.keys()].some((name) => name.startsWith(`${folder}code/`))) {
    refuse('it is a TorchScript program, not a state dict');
  }
  const order = entries.get(`${folder}byteorder`);
  if (order !== undefined) {
    const text = Buffer.from(readZipEntry(bytes, order, { most: 16, refuse })).toString('latin1');
    if (text.trim() !== 'little') refuse(`its byte order is ${quote(text)}, only "little" is read`);
  }
  const pickle = readZipEntry(bytes, entries.get(pickles[0])!, { most: MAX_PICKLE_BYTES, refuse });
  const { value } = unpickle(pickle, 0, refuse);
  collectStorages(value, refuse);
  return {
    value,
    storageBytes: ({ key, type, length }) => {
      const entry = entries.get(`${folder}data/${key}`);
      if (entry === undefined) return refuse(`storage ${quote(key)} is missing`);
      return readZipEntry(bytes, entry, { size: length * elementBytes[type], refuse });
    },
  };
}
