/**
 * @file A network's parameters as one flat array of floats: what optimizers read and threads share.
 */
import { elementCount } from '../../model/element-count.ts';
import { nodeTensors } from '../../model/node-shape.ts';
import type { FloatModel, FloatNode } from '../../model/types.ts';
import type { Parameter, ParameterRole } from '../types.ts';
import { fromLayersOrder, layersShape, toLayersOrder } from './layout.ts';

/** The part of a model that its list of parameters depends on. */
export type ParameterSource = Pick<FloatModel, 'nodes' | 'tensors'>;

/** List the parameters in the order of the nodes, each behind the other without gaps. */
export function parametersOf({ nodes, tensors }: ParameterSource): readonly Parameter[] {
  let offset = 0;
  return nodes.flatMap((node) =>
    nodeTensors(node).map((name, i): Parameter => {
      const tensor = tensors.get(name);
      if (tensor === undefined) throw new Error(`internal: tensor "${name}" is missing`);
      const length = elementCount(tensor.shape);
      const role = tensorRoles(node)[i];
      const parameter = { name, role, shape: layersShape(tensor.shape), offset, length };
      offset += length;
      return parameter;
    }),
  );
}

/** What each of `nodeTensors(node)` is, in the same order. */
export function tensorRoles({ kind }: FloatNode): readonly ParameterRole[] {
  switch (kind) {
    case 'adderConv':
    case 'adderLinear':
      return ['adder', 'bias'];
    case 'conv':
    case 'linear':
      return ['product', 'bias'];
    case 'batchNorm':
      return ['gamma', 'beta', 'mean', 'variance'];
    default:
      return [];
  }
}

/** Whether gradients change it; running statistics are replaced instead. */
export function isTrained({ role }: Parameter): boolean {
  return role !== 'mean' && role !== 'variance';
}

/** Floats in the flat array. */
export function parameterCount(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, { length }) => sum + length, 0);
}

/** The place of a parameter in the flat array, as a view. */
export function parameterView({ offset, length }: Parameter, flat: Float32Array): Float32Array {
  return flat.subarray(offset, offset + length);
}

/** Write a model's tensors into a flat array (a new one if none is given), in LayersModel order. */
export function flattenParameters(
  model: ParameterSource,
  flat = new Float32Array(parameterCount(parametersOf(model))),
): Float32Array {
  for (const parameter of parametersOf(model)) {
    toLayersOrder(model.tensors.get(parameter.name)!, parameterView(parameter, flat));
  }
  return flat;
}

/** The model with its tensors replaced by those of a flat array; shares nothing with it. */
export function withParameters(model: FloatModel, flat: Float32Array): FloatModel {
  const tensors = new Map(model.tensors);
  for (const parameter of parametersOf(model)) {
    const { shape } = model.tensors.get(parameter.name)!;
    tensors.set(parameter.name, fromLayersOrder(shape, parameterView(parameter, flat)));
  }
  return { ...model, tensors };
}
