/**
 * @file What a pickle of a checkpoint may hold: plain data, tensors, and nothing that acts.
 */
import type { ElementType } from '../element-type.ts';

/** A block of numbers in the file, known by its key. */
export interface PickledStorage {
  readonly kind: 'storage';
  readonly key: string;
  readonly type: ElementType;
  /** Elements of the whole block. */
  readonly length: number;
  /** The part that is meant: all of it, or a view in old files. */
  readonly first: number;
  readonly count: number;
}

/** A tensor that has not been looked up in its storage yet; offset and strides count elements. */
export interface PickledTensor {
  readonly kind: 'tensor';
  readonly storage: PickledStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

export interface PickledDict {
  readonly kind: 'dict';
  readonly entries: Map<string | number, PickleValue>;
}

export interface PickledList {
  readonly kind: 'list';
  readonly items: PickleValue[];
}

export interface PickledTuple {
  readonly kind: 'tuple';
  readonly items: readonly PickleValue[];
}

/** One of the few allowed names (`allowedGlobals`), not yet applied. */
export interface PickledGlobal {
  readonly kind: 'global';
  readonly name: string;
}

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickledDict
  | PickledList
  | PickledTuple
  | PickledGlobal
  | PickledStorage
  | PickledTensor;

/** Whether `value` is of this kind. */
export function isKind<K extends 'dict' | 'list' | 'tuple' | 'global' | 'storage' | 'tensor'>(
  value: PickleValue | undefined,
  kind: K,
): value is Extract<PickleValue, { readonly kind: K }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

/** What a value is, in Python's words, for messages. */
export function describeValue(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (value instanceof Uint8Array) return 'bytes';
  switch (typeof value) {
    case 'boolean':
      return 'a bool';
    case 'number':
    case 'bigint':
      return 'a number';
    case 'string':
      return 'a string';
    default:
      return `a ${value.kind}`;
  }
}
