import type { Architecture } from '../../model/architectures/architecture.ts';
import { elementCount } from '../../model/element-count.ts';
import { nodeTensors } from '../../model/node-shape.ts';
import type { FloatModel, FloatTensor } from '../../model/types.ts';
import { randomOf } from '../data/random.ts';
import type { ParameterRole } from '../types.ts';
import { tensorRoles } from './parameters.ts';

/**
 * Start a network from random weights.
 *
 * Adder weights are normal with standard deviation 1 (public AdderNet code), those of multiplying layers with
 * `sqrt(2 / inputs)` (He et al., arXiv 1502.01852); gamma and variance start at 1, beta, bias and mean at 0.
 * A function of architecture and seed, a whole number: each tensor has a sequence of its own.
 */
export function initialModel(architecture: Architecture, seed: number): FloatModel {
  const { name, inputShape, normalization, nodes } = architecture;
  const shapes = new Map(architecture.tensors.map(({ tensor, shape }) => [tensor, shape]));
  const tensors = new Map<string, FloatTensor>();
  for (const node of nodes) {
    for (const [i, tensor] of nodeTensors(node).entries()) {
      const shape = shapes.get(tensor);
      if (shape === undefined) throw new Error(`internal: "${name}" has no tensor "${tensor}"`);
      const random = randomOf(seed, tensors.size);
      tensors.set(tensor, { shape, data: initialValues(tensorRoles(node)[i], shape, random) });
    }
  }
  const provenance = { trainedBy: 'AdderForge', seed: String(seed) };
  return { name, arch: name, inputShape, normalization, nodes, tensors, provenance };
}

function initialValues(
  role: ParameterRole,
  shape: readonly number[],
  random: () => number,
): Float32Array {
  const values = new Float32Array(elementCount(shape));
  switch (role) {
    case 'adder':
      return fillNormal(values, 1, random);
    case 'product':
      return fillNormal(values, Math.sqrt(2 / (values.length / shape[0])), random);
    case 'gamma':
    case 'variance':
      return values.fill(1);
    case 'bias':
    case 'beta':
    case 'mean':
      return values;
    default:
      role satisfies never;
      throw new Error('internal: unknown role');
  }
}

/**
 * Box and Muller: two uniform numbers make two normal ones.
 *
 * `tf.randomNormal` with a seed would bind a run's beginning to a version of TensorFlow.js.
 */
function fillNormal(values: Float32Array, deviation: number, random: () => number): Float32Array {
  for (let i = 0; i < values.length; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < values.length) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}
