/**
 * @file Which variable of a LayersModel holds which parameter.
 *
 * A LayersModel knows its layers, not the names of a `FloatModel`'s tensors; what `buildNetwork` has put together
 * is remembered here as long as the network lives.
 */
import { type Tensor, tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { nodeTensors } from '../../model/node-shape.ts';
import type { FloatModel } from '../../model/types.ts';
import type { Parameter } from '../types.ts';
import { parametersOf, parameterView } from './parameters.ts';

/** A parameter and the variable that holds it. */
export interface Bound {
  readonly parameter: Parameter;
  readonly variable: Variable;
}

const bindings = new WeakMap<LayersModel, ReadonlyMap<string, Bound>>();

/** Remember which of a network's variables are a model's parameters; layers bear the names of nodes. */
export function bindParameters(network: LayersModel, model: FloatModel): void {
  const parameters = new Map(parametersOf(model).map((each) => [each.name, each]));
  const bound = new Map<string, Bound>();
  for (const node of model.nodes) {
    const names = nodeTensors(node);
    if (names.length === 0) continue;
    const { weights } = network.getLayer(node.name);
    for (const [i, name] of names.entries()) {
      bound.set(name, {
        parameter: parameters.get(name)!,
        variable: weights[i].read() as Tensor as Variable,
      });
    }
  }
  bindings.set(network, bound);
}

/** The parameters of a network that `buildNetwork` made, by name, in the order of `parametersOf`. */
export function boundParameters(network: LayersModel): ReadonlyMap<string, Bound> {
  const bound = bindings.get(network);
  if (bound === undefined) throw new Error('internal: the network was not made by buildNetwork');
  return bound;
}

/** Copy parameters from the flat array, shared or not, into the network's variables. */
export function loadParameters(
  network: LayersModel,
  parameters: readonly Parameter[],
  flat: Float32Array,
): void {
  const bound = boundParameters(network);
  tidy(() => {
    for (const parameter of parameters) {
      // A copy: the cpu backend would keep and show the shared memory itself.
      const values = Float32Array.from(parameterView(parameter, flat));
      find(bound, parameter).assign(tensor(values, [...parameter.shape], 'float32'));
    }
  });
}

/** Copy the network's variables into the flat array. */
export function storeParameters(
  network: LayersModel,
  parameters: readonly Parameter[],
  flat: Float32Array,
): void {
  const bound = boundParameters(network);
  for (const parameter of parameters) {
    parameterView(parameter, flat).set(find(bound, parameter).dataSync());
  }
}

function find(bound: ReadonlyMap<string, Bound>, { name }: Parameter): Variable {
  const found = bound.get(name);
  if (found === undefined) throw new Error(`internal: the network has no parameter "${name}"`);
  return found.variable;
}
