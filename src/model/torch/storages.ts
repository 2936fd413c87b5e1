import { quote } from '../names.ts';
import type { Refuse } from './globals.ts';
import type { PickledStorage, PickleValue } from './pickle-value.ts';

/** Every storage that the value's tensors use, by key; two uses of a key must agree. */
export function collectStorages(root: PickleValue, refuse: Refuse): Map<string, PickledStorage> {
  const storages = new Map<string, PickledStorage>();
  const seen = new Set<object>();
  const open: PickleValue[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) continue;
    if (seen.has(value)) continue;
    seen.add(value);
    if (value.kind === 'dict') for (const child of value.entries.values()) open.push(child);
    else if (value.kind === 'list' || value.kind === 'tuple') {
      for (const child of value.items) open.push(child);
    } else if (value.kind === 'tensor') open.push(value.storage);
    else if (value.kind === 'storage') {
      const known = storages.get(value.key);
      if (known && (known.type !== value.type || known.length !== value.length)) {
        refuse(
          `storage ${quote(value.key)} is described as ${known.length} x ${known.type} and as ${value.length} x ${value.type}`,
        );
      }
      storages.set(value.key, value);
    }
  }
  return storages;
}
