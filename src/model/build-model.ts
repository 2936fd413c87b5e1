/**
 * @file An architecture and a state dict make a model; everything that does not fit is reported at once.
 */
import { type Issue, throwIfAny } from '../issues.ts';
import type { Architecture, TensorSource } from './architectures/architecture.ts';
import type { StateDict } from './checkpoint.ts';
import { elementCount } from './element-count.ts';
import { quote } from './names.ts';
import type { FloatModel, FloatNode, FloatTensor } from './types.ts';

/** Name and origin of the model to build. */
export interface ModelIdentity {
  readonly name: string;
  readonly provenance: Readonly<Record<string, string>>;
}

/**
 * Build a model; kernels turn from OIHW to OHWI.
 *
 * Throws a `DesignError` with every missing, extra and misshapen tensor and every one with a value that is no
 * finite number. `num_batches_tracked` is ignored.
 */
export function buildModel(
  arch: Architecture,
  stateDict: StateDict,
  { name, provenance }: ModelIdentity,
): FloatModel {
  throwIfAny(findMismatches(arch, stateDict));
  const tensors = new Map<string, FloatTensor>();
  for (const source of arch.tensors) {
    const stored = stateDict.get(source.key);
    if (stored !== undefined) tensors.set(source.tensor, convert(stored, source));
  }
  return {
    name,
    arch: arch.name,
    inputShape: arch.inputShape,
    normalization: arch.normalization,
    nodes: arch.nodes.map((node) => withoutAbsentBias(node, tensors)),
    tensors,
    provenance,
  };
}

function findMismatches(arch: Architecture, stateDict: StateDict): Issue[] {
  const issues: Issue[] = [];
  const report = (problem: string, remedy: string) =>
    issues.push({ problem: `Cannot build "${arch.name}": ${problem}`, remedy });
  const wanted = new Map(arch.tensors.map((source) => [source.key, source]));
  for (const { key, accepts, optional } of arch.tensors) {
    const stored = stateDict.get(key);
    if (stored === undefined) {
      if (!optional) {
        report(`tensor "${key}" of ${print(accepts[0])} is missing`, 'Choose another architecture');
      }
    } else if (!accepts.some((shape) => shape.join() === stored.shape.join())) {
      report(
        `tensor "${key}" is ${print(stored.shape)}, ${[...new Set(accepts.map(print))].join(' or ')} was expected`,
        'Choose another architecture',
      );
    } else if (!stored.data.every(Number.isFinite)) {
      const index = stored.data.findIndex((value) => !Number.isFinite(value));
      report(
        `tensor "${key}" has the value ${stored.data[index]} at element ${index}`,
        'Train again; the network has diverged',
      );
    } else if (key.endsWith('.running_var') && stored.data.some((value) => value < 0)) {
      report(
        `tensor "${key}" has the variance ${stored.data.find((value) => value < 0)}`,
        'Use an undamaged checkpoint',
      );
    }
  }
  for (const [key, { shape }] of stateDict) {
    if (wanted.has(key) || /(^|\.)num_batches_tracked$/.test(key)) continue;
    report(
      `tensor ${quote(key)} of ${print(shape)} belongs to no layer of it`,
      'Choose another architecture, or remove the tensor from the checkpoint',
    );
  }
  return issues;
}

const print = (shape: readonly number[]): string => shape.join(' x ') || 'one number';

function convert({ data }: FloatTensor, { shape, oihw }: TensorSource): FloatTensor {
  return { shape, data: oihw === undefined ? data.slice() : toOhwi(data, oihw) };
}

/** Turn `[out, in, rows, columns]` to `[out, rows, columns, in]`. */
export function toOhwi(
  data: Float32Array,
  [outputs, inputs, rows, columns]: readonly [number, number, number, number],
): Float32Array {
  const turned = new Float32Array(elementCount([outputs, inputs, rows, columns]));
  const pixels = rows * columns;
  for (let o = 0; o < outputs; o++) {
    const kernel = o * inputs * pixels;
    for (let i = 0; i < inputs; i++) {
      for (let p = 0; p < pixels; p++) {
        turned[kernel + p * inputs + i] = data[kernel + i * pixels + p];
      }
    }
  }
  return turned;
}

function withoutAbsentBias(node: FloatNode, tensors: ReadonlyMap<string, FloatTensor>): FloatNode {
  if (!('bias' in node) || node.bias === undefined || tensors.has(node.bias)) return node;
  const { bias: _, ...rest } = node;
  return rest;
}
