/**
 * @file State dicts from files: PyTorch's two forms and safetensors, told apart by their first bytes.
 */
import { fail } from '../issues.ts';
import { elementCount } from './element-count.ts';
import { toFloat32 } from './element-type.ts';
import { MAX_ELEMENTS, MAX_TENSORS } from './limits.ts';
import { quote } from './names.ts';
import { parseSafetensors } from './safetensors.ts';
import type { Refuse } from './torch/globals.ts';
import { isLegacyTorch, readLegacyTorch, type TorchFile } from './torch/legacy.ts';
import {
  describeValue,
  isKind,
  type PickledDict,
  type PickledTensor,
  type PickleValue,
} from './torch/pickle-value.ts';
import { loadTensor } from './torch/tensor.ts';
import { isZip } from './torch/zip.ts';
import { readZipTorch } from './torch/zip-form.ts';
import type { FloatTensor } from './types.ts';

/** Tensors by their name in the training program, without `module.`. */
export type StateDict = ReadonlyMap<string, FloatTensor>;

/**
 * Read a state dict; every element type becomes 32-bit float.
 *
 * Never runs anything that the file says. Throws a `DesignError` for whatever is not a whole, plain state dict.
 *
 * @param file Its name in messages.
 */
export function readStateDict(bytes: Uint8Array, file: string): StateDict {
  const refuse: Refuse = (reason) =>
    fail(
      `Cannot read checkpoint "${file}": ${reason}`,
      'Save the weights alone, torch.save(model.state_dict(), path), or as safetensors; copy the file again if it was cut',
    );
  if (isZip(bytes)) return fromTorch(readZipTorch(bytes, refuse), refuse);
  if (isLegacyTorch(bytes)) return fromTorch(readLegacyTorch(bytes, refuse), refuse);
  if (looksLikeSafetensors(bytes)) return fromSafetensors(bytes, file, refuse);
  return refuse('it is neither a PyTorch checkpoint (zip or legacy form) nor safetensors');
}

/** A header length that fits, then an opening brace. */
function looksLikeSafetensors(bytes: Uint8Array): boolean {
  return bytes.length >= 10 && bytes[8] === 0x7b && bytes[6] === 0 && bytes[7] === 0;
}

function fromSafetensors(bytes: Uint8Array, file: string, refuse: Refuse): StateDict {
  const stored = parseSafetensors(bytes, file);
  const budget = elementBudget(refuse);
  const named = [...stored].map(([key, { type, shape, bytes }]) => {
    budget(shape);
    return [key, { shape, data: toFloat32(bytes, type) }] as const;
  });
  return stripModule(named, refuse);
}

function fromTorch({ value, storageBytes }: TorchFile, refuse: Refuse): StateDict {
  const tensors = tensorsOf(findStateDict(value, refuse));
  if (tensors.length > MAX_TENSORS) {
    refuse(`it has ${tensors.length} tensors, the most is ${MAX_TENSORS}`);
  }
  const tensorBudget = elementBudget(refuse);
  const storageBudget = elementBudget(refuse);
  const counted = new Set<string>();
  for (const [, { shape, storage }] of tensors) {
    tensorBudget(shape);
    if (!counted.has(storage.key)) storageBudget([storage.length]);
    counted.add(storage.key);
  }
  const storages = new Map<string, Uint8Array>();
  const load = (key: string, tensor: PickledTensor): FloatTensor => {
    const bytes = storages.get(tensor.storage.key) ?? storageBytes(tensor.storage);
    storages.set(tensor.storage.key, bytes);
    return loadTensor(tensor, bytes, (reason) => refuse(`${quote(key)}: ${reason}`));
  };
  return stripModule(
    tensors.map(([key, tensor]) => [key, load(key, tensor)] as const),
    refuse,
  );
}

/** Counts elements before memory is taken for them. */
function elementBudget(refuse: Refuse): (shape: readonly number[]) => void {
  let total = 0;
  return (shape) => {
    total += elementCount(shape);
    // Written so that NaN and Infinity are refused as well.
    if (!(total <= MAX_ELEMENTS))
      refuse(`its tensors or storages have more than ${MAX_ELEMENTS} elements together`);
  };
}

/** Names under which training programs put the state dict beside the epoch and the optimizer. */
const WRAPPERS = ['state_dict', 'model_state_dict', 'model', 'net', 'network'];

function findStateDict(value: PickleValue, refuse: Refuse): PickledDict {
  if (!isKind(value, 'dict')) {
    return refuse(`it holds ${describeValue(value)} instead of a dictionary of tensors`);
  }
  for (const wrapper of WRAPPERS) {
    const inner = value.entries.get(wrapper);
    if (isKind(inner, 'dict') && tensorsOf(inner).length > 0) return inner;
  }
  if (tensorsOf(value).length === 0) {
    const keys = [...value.entries.keys()].slice(0, 8).map((key) => quote(String(key)));
    refuse(`its dictionary has no tensors, only ${keys.join(', ') || 'nothing'}`);
  }
  return value;
}

function tensorsOf({ entries }: PickledDict): [string, PickledTensor][] {
  const tensors: [string, PickledTensor][] = [];
  for (const [key, value] of entries) {
    if (isKind(value, 'tensor')) tensors.push([String(key), value]);
  }
  return tensors;
}

/** `DataParallel` puts `module.` before every name. */
function stripModule(
  named: readonly (readonly [string, FloatTensor])[],
  refuse: Refuse,
): StateDict {
  const tensors = new Map<string, FloatTensor>();
  for (const [key, tensor] of named) {
    const name = key.startsWith('module.') ? key.slice('module.'.length) : key;
    if (tensors.has(name)) refuse(`it has tensor ${quote(name)} with and without "module."`);
    tensors.set(name, tensor);
  }
  return tensors;
}
