/**
 * @file The float network as its definition reads, one image at a time: what the fast kernels and the
 * quantizer are checked against. Sums are taken in double precision, maps are kept in single.
 */
import { type FloatModel, type FloatNode, type FloatTensor, INPUT } from '../model/types.ts';
import { adderConv, conv } from './float-conv.ts';
import { add, batchNorm, flatten, relu } from './float-elementwise.ts';
import { adderLinear, linear } from './float-linear.ts';
import { avgPool, maxPool } from './float-pool.ts';

/**
 * Turn an image's bytes (channels last) into the network's input: `(byte / 255 - mean[c]) / std[c]`.
 */
export function normalizeImage(
  { inputShape, normalization: { mean, std } }: FloatModel,
  bytes: Uint8Array,
): Float32Array {
  const channels = inputShape[2];
  if (bytes.length !== inputShape[0] * inputShape[1] * channels) {
    throw new Error(`internal: an image of ${bytes.length} bytes for an input of ${inputShape}`);
  }
  const values = new Float32Array(bytes.length);
  bytes.forEach((byte, i) => {
    const c = i % channels;
    values[i] = (byte / 255 - mean[c]) / std[c];
  });
  return values;
}

/**
 * Run one image through the network and keep every map.
 *
 * `input` holds normalized values, `[height, width, channels]`. The result maps `input` and every
 * node's name to its map; the last entry is the network's output.
 */
export function runFloat(model: FloatModel, input: Float32Array): Map<string, FloatTensor> {
  const [height, width, channels] = model.inputShape;
  if (input.length !== height * width * channels) {
    throw new Error(`internal: ${input.length} values for an input of ${model.inputShape}`);
  }
  const maps = new Map<string, FloatTensor>([[INPUT, { shape: model.inputShape, data: input }]]);
  const read = (name: string): FloatTensor => {
    const tensor = maps.get(name);
    if (!tensor) throw new Error(`internal: map "${name}" is read before it is written`);
    return tensor;
  };
  const tensor = (name: string): FloatTensor => {
    const found = model.tensors.get(name);
    if (!found) throw new Error(`internal: tensor "${name}" is missing`);
    return found;
  };
  for (const node of model.nodes) maps.set(node.name, runNode(node, read, tensor));
  return maps;
}

type Lookup = (name: string) => FloatTensor;

function runNode(node: FloatNode, read: Lookup, tensor: Lookup): FloatTensor {
  switch (node.kind) {
    case 'adderConv':
      return adderConv(read(node.input), tensor(node.weight), node);
    case 'conv':
      return withBias(conv(read(node.input), tensor(node.weight), node), node.bias, tensor);
    case 'adderLinear':
      return withBias(adderLinear(read(node.input), tensor(node.weight)), node.bias, tensor);
    case 'linear':
      return withBias(linear(read(node.input), tensor(node.weight)), node.bias, tensor);
    case 'batchNorm':
      return batchNorm(read(node.input), {
        gamma: tensor(node.gamma).data,
        beta: tensor(node.beta).data,
        mean: tensor(node.mean).data,
        variance: tensor(node.variance).data,
        epsilon: node.epsilon,
      });
    case 'relu':
      return relu(read(node.input));
    case 'add':
      return add(read(node.inputs[0]), read(node.inputs[1]));
    case 'maxPool':
      return maxPool(read(node.input), node);
    case 'avgPool':
      return avgPool(read(node.input), node);
    case 'flatten':
      return flatten(read(node.input));
    default:
      node satisfies never;
      throw new Error('internal: unknown node kind');
  }
}

function withBias(map: FloatTensor, bias: string | undefined, tensor: Lookup): FloatTensor {
  if (bias === undefined) return map;
  const { data } = tensor(bias);
  return { shape: map.shape, data: map.data.map((y, i) => y + data[i % data.length]) };
}
