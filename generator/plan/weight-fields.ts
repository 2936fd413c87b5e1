/**
 * @file Fields of a descriptor that the weight loader reads, of either kind of memory.
 */
import { unsignedWidth } from './integers.ts';
import type { FieldRule, Operation, PackedWeights } from './types.ts';

/** Where the weights of the operations lie. */
export interface WeightPlaces {
  readonly operations: readonly Operation[];
  /** First row of each operation, and rows of all, in plain memory. */
  readonly weightBases: readonly number[];
  readonly weightWords: number;
  readonly packed: PackedWeights | null;
}

/** The fields of one memory kind. */
export function weightFields(places: WeightPlaces): FieldRule[] {
  return places.packed === null ? plainFields(places) : packedFields(places, places.packed);
}

function plainFields({ operations, weightBases, weightWords }: WeightPlaces): FieldRule[] {
  const width = unsignedWidth(weightWords - 1);
  return [
    {
      name: 'weight_base',
      width,
      comment: 'first word of the weights',
      value: (_op, _place, index) => weightBases[index],
    },
    {
      name: 'weight_next',
      width,
      comment: "first word of the next operation's weights",
      value: (_op, _place, index) => {
        const next = nextArray(operations, index);
        return next < 0 ? 0 : weightBases[next];
      },
    },
  ];
}

function packedFields(
  { operations }: WeightPlaces,
  { codes, codeWidth }: PackedWeights,
): FieldRule[] {
  const arrays = operations.flatMap(({ pool }, index) => (pool ? [] : [index]));
  const nextCode = (index: number) =>
    codes[Math.max(0, arrays.indexOf(nextArray(operations, index)))];
  return [
    {
      name: 'weight_wraps',
      width: 1,
      comment: "the next operation's weights are the memory's first",
      value: (_op, _place, index) => Number(nextArray(operations, index) < 0),
    },
    {
      name: 'next_first',
      width: codeWidth,
      comment: 'most frequent of these',
      value: (_op, _place, index) => nextCode(index).first,
    },
    {
      name: 'next_second',
      width: codeWidth,
      comment: 'second most frequent',
      value: (_op, _place, index) => nextCode(index).second,
    },
    {
      name: 'next_is_pair',
      width: 1,
      comment: 'there is no other',
      value: (_op, _place, index) => Number(nextCode(index).isPair),
    },
  ];
}

/** The next operation on the array; -1 after the last one, where the next image's first follows. */
function nextArray(operations: readonly Operation[], index: number): number {
  return operations.findIndex((operation, later) => later > index && !operation.pool);
}
