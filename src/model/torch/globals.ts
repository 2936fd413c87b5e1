/**
 * @file The only names a pickle may call, and what calling them means here. Every other name is refused.
 */
import type { ElementType } from '../element-type.ts';
import { MAX_RANK } from '../limits.ts';
import { quote } from '../names.ts';
import { describeValue, isKind, type PickledStorage, type PickleValue } from './pickle-value.ts';

/** Throws a `DesignError` that names the file. */
export type Refuse = (reason: string) => never;

const storageTypes: ReadonlyMap<string, ElementType> = new Map([
  ['torch.DoubleStorage', 'F64'],
  ['torch.FloatStorage', 'F32'],
  ['torch.HalfStorage', 'F16'],
  ['torch.BFloat16Storage', 'BF16'],
  ['torch.LongStorage', 'I64'],
  ['torch.IntStorage', 'I32'],
  ['torch.ShortStorage', 'I16'],
  ['torch.CharStorage', 'I8'],
  ['torch.ByteStorage', 'U8'],
  ['torch.BoolStorage', 'BOOL'],
]);

const callables = new Set([
  'collections.OrderedDict',
  'torch._utils._rebuild_tensor',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_parameter',
]);

/** Whether a pickle may name this. */
export function isAllowedGlobal(name: string): boolean {
  return callables.has(name) || storageTypes.has(name);
}

/** Apply an allowed name to a tuple of arguments. */
export function callGlobal(
  name: string,
  args: readonly PickleValue[],
  refuse: Refuse,
): PickleValue {
  switch (name) {
    case 'collections.OrderedDict':
      return orderedDict(args, refuse);
    case 'torch._utils._rebuild_tensor':
    case 'torch._utils._rebuild_tensor_v2':
      return rebuildTensor(args, refuse);
    case 'torch._utils._rebuild_parameter':
      return isKind(args[0], 'tensor')
        ? args[0]
        : refuse(`a parameter wraps ${describeValue(args[0])} instead of a tensor`);
    default:
      return refuse(`it calls ${quote(name)}, which is no function`);
  }
}

function orderedDict(args: readonly PickleValue[], refuse: Refuse): PickleValue {
  const entries = new Map<string | number, PickleValue>();
  if (args.length === 0) return { kind: 'dict', entries };
  // Python 2 pickled an OrderedDict as its list of pairs.
  const [pairs] = args;
  if (args.length !== 1 || !isKind(pairs, 'list'))
    return refuse('an OrderedDict has odd arguments');
  for (const pair of pairs.items) {
    if ((!isKind(pair, 'list') && !isKind(pair, 'tuple')) || pair.items.length !== 2) {
      return refuse('an OrderedDict holds something that is no pair');
    }
    entries.set(dictKey(pair.items[0], refuse), pair.items[1]);
  }
  return { kind: 'dict', entries };
}

/** A dictionary's key: text or a number. */
export function dictKey(value: PickleValue | undefined, refuse: Refuse): string | number {
  if (typeof value === 'string' || typeof value === 'number') return value;
  return refuse(`a dictionary has ${describeValue(value)} as a key`);
}

function rebuildTensor(args: readonly PickleValue[], refuse: Refuse): PickleValue {
  const [storage, offset, shape, strides] = args;
  if (!isKind(storage, 'storage')) {
    return refuse(`a tensor is built from ${describeValue(storage)} instead of a storage`);
  }
  const tensor = {
    kind: 'tensor',
    storage,
    offset: countOf(offset, 'offset', refuse),
    shape: countsOf(shape, 'size', refuse),
    strides: countsOf(strides, 'stride', refuse),
  } as const;
  if (tensor.shape.length !== tensor.strides.length) {
    refuse(`a tensor has ${tensor.shape.length} sizes and ${tensor.strides.length} strides`);
  }
  return tensor;
}

function countsOf(value: PickleValue | undefined, what: string, refuse: Refuse): readonly number[] {
  if (!isKind(value, 'tuple') && !isKind(value, 'list')) {
    return refuse(`a tensor has ${describeValue(value)} as its ${what}`);
  }
  if (value.items.length > MAX_RANK) {
    refuse(`a tensor has ${value.items.length} dimensions, the most is ${MAX_RANK}`);
  }
  return value.items.map((item) => countOf(item, what, refuse));
}

function countOf(value: PickleValue | undefined, what: string, refuse: Refuse): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  const found =
    typeof value === 'number' || typeof value === 'bigint' ? value : describeValue(value);
  return refuse(`a tensor has ${found} as its ${what}`);
}

/**
 * The storage that a persistent id names:
 * `('storage', type, key, location, length[, view])`, `view` = `None` or `(key, first, count)` in old files.
 */
export function storageOfId(id: PickleValue, refuse: Refuse): PickledStorage {
  if (!isKind(id, 'tuple') || id.items[0] !== 'storage') {
    const what = isKind(id, 'tuple') ? id.items[0] : id;
    return refuse(
      `it refers to ${typeof what === 'string' ? quote(what) : describeValue(what)} outside the pickle, only a "storage" is possible`,
    );
  }
  const [, global, key, , length, view] = id.items;
  const type = isKind(global, 'global') ? storageTypes.get(global.name) : undefined;
  if (type === undefined) return refuse(`a storage has ${describeValue(global)} as its type`);
  if (typeof key !== 'string') return refuse(`a storage has ${describeValue(key)} as its key`);
  const all = countOf(length, 'storage length', refuse);
  if (view === undefined || view === null) {
    return { kind: 'storage', key, type, length: all, first: 0, count: all };
  }
  if (!isKind(view, 'tuple') || view.items.length !== 3) return refuse('a storage has an odd view');
  const first = countOf(view.items[1], 'view offset', refuse);
  const count = countOf(view.items[2], 'view length', refuse);
  if (first + count > all) refuse(`a view ends at element ${first + count} of a storage of ${all}`);
  return { kind: 'storage', key, type, length: all, first, count };
}
