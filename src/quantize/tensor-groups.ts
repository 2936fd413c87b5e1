import { INPUT } from '../model/types.ts';
import type { LoweredLayer, LoweredNetwork } from './lowered.ts';

/** Maps that share one coding, and everything that reads any of them. */
export interface TensorGroup {
  /** Layer names or `input`; the first is the map that the others are maxima of. */
  readonly tensors: readonly string[];
  readonly readers: readonly Reader[];
}

/** A layer that reads `tensor`, as its input or as its residual. */
export interface Reader {
  readonly tensor: string;
  readonly layer: LoweredLayer;
  readonly as: 'input' | 'residual';
}

/**
 * Group the maps that get unsigned codes: all but the network's output.
 *
 * Rounding is monotone, so the maximum of codes is the code of the maximum: a max pool that does
 * nothing else keeps its input's coding and loses nothing. All other maps stand alone.
 */
export function tensorGroups({ layers }: LoweredNetwork): TensorGroup[] {
  const output = layers[layers.length - 1];
  const groupOf = new Map<string, string[]>([[INPUT, [INPUT]]]);
  for (const layer of layers.slice(0, -1)) {
    const shared = isPlainMaximum(layer) ? groupOf.get(layer.input)! : [];
    shared.push(layer.name);
    groupOf.set(layer.name, shared);
  }
  const groups = [...new Set(groupOf.values())];
  return groups.map((tensors) => ({
    tensors,
    readers: tensors.flatMap((tensor) => readersOf(tensor, layers, output)),
  }));
}

/** Whether nothing but adder layers reads the group's maps, so that their operands' bits are enough. */
export function isForAdders({ readers }: TensorGroup): boolean {
  return readers.every(isAdder);
}

/** Whether a reader is an adder layer that subtracts the map. */
export function isAdder({ layer, as }: Reader): boolean {
  return as === 'input' && layer.kind === 'adder';
}

/** A max pool without batch normalization, residual or rectifier behind it. */
export function isPlainMaximum(layer: LoweredLayer): boolean {
  return layer.kind === 'maxPool' && !layer.isRectified && !layer.residual && !layer.hasBatchNorm;
}

function readersOf(
  tensor: string,
  layers: readonly LoweredLayer[],
  output: LoweredLayer,
): Reader[] {
  return layers.flatMap((layer) => {
    const readers: Reader[] = [];
    const isShared = isPlainMaximum(layer) && layer !== output;
    if (layer.input === tensor && !isShared) readers.push({ tensor, layer, as: 'input' });
    if (layer.residual?.input === tensor) readers.push({ tensor, layer, as: 'residual' });
    return readers;
  });
}
