/**
 * @file Layers with the keys that PyTorch modules give their tensors.
 */
import type { AdderConvNode, ConvNode, LinearNode, MapShape } from '../types.ts';
import type { Part, TensorSource } from './architecture.ts';

/** A convolution's place and size; `kernel` is its rows and its columns. */
export interface ConvSpec {
  readonly kind: (AdderConvNode | ConvNode)['kind'];
  readonly name: string;
  readonly input: string;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** A convolution without bias: key `<name>.weight`, or `<name>.adder` as the public AdderNet code names it. */
export function conv(spec: ConvSpec): Part {
  const { kind, name, input, inChannels, outChannels, kernel, stride, padding } = spec;
  const weight = `${name}.weight`;
  const oihw = [outChannels, inChannels, kernel, kernel] as const;
  return {
    nodes: [{ kind, name, input, weight, stride, padding }],
    tensors: [
      {
        key: kind === 'adderConv' ? `${name}.adder` : weight,
        tensor: weight,
        accepts: [oihw],
        shape: [outChannels, kernel, kernel, inChannels],
        oihw,
      },
    ],
  };
}

/** Batch normalization with running statistics and PyTorch's default epsilon. */
export function batchNorm(name: string, input: string, channels: number): Part {
  const source = (torch: string, ours: string): TensorSource => ({
    key: `${name}.${torch}`,
    tensor: `${name}.${ours}`,
    accepts: [[channels]],
    shape: [channels],
  });
  return {
    nodes: [
      {
        kind: 'batchNorm',
        name,
        input,
        gamma: `${name}.gamma`,
        beta: `${name}.beta`,
        mean: `${name}.mean`,
        variance: `${name}.variance`,
        epsilon: 1e-5,
      },
    ],
    tensors: [
      source('weight', 'gamma'),
      source('bias', 'beta'),
      source('running_mean', 'mean'),
      source('running_var', 'variance'),
    ],
  };
}

/** A fully connected layer on the flattened map `from` of `input`. */
export interface LinearSpec {
  readonly kind: LinearNode['kind'];
  readonly name: string;
  readonly input: string;
  /** The map before flattening: PyTorch flattens channels first, we flatten channels last. */
  readonly from: MapShape;
  readonly outputs: number;
  readonly optionalBias?: true;
}

/**
 * A fully connected layer: key `<name>.weight` or `<name>.adder`.
 *
 * The weight may be stored as `[out, in]`, as a 1 x 1 convolution `[out, in, 1, 1]`, or as a convolution over the
 * whole map `[out, c, h, w]`: the elements are the same in the same order.
 */
export function linear(spec: LinearSpec): Part {
  const { kind, name, input, outputs, optionalBias } = spec;
  const [rows, columns, channels] = spec.from;
  const inputs = rows * columns * channels;
  const weight = `${name}.weight`;
  const oihw = [outputs, channels, rows, columns] as const;
  const weightSource: TensorSource = {
    key: kind === 'adderLinear' ? `${name}.adder` : weight,
    tensor: weight,
    accepts: [[outputs, inputs], [outputs, inputs, 1, 1], oihw],
    shape: [outputs, inputs],
    oihw,
  };
  if (!optionalBias) {
    return { nodes: [{ kind, name, input, weight }], tensors: [weightSource] };
  }
  const bias = `${name}.bias`;
  return {
    nodes: [{ kind, name, input, weight, bias }],
    tensors: [
      weightSource,
      { key: bias, tensor: bias, accepts: [[outputs]], shape: [outputs], optional: true },
    ],
  };
}

/** A rectifier. */
export function relu(name: string, input: string): Part {
  return { nodes: [{ kind: 'relu', name, input }], tensors: [] };
}

/** Pooling over whole windows that do not overlap. */
export function pool(
  kind: 'maxPool' | 'avgPool',
  { name, input, size }: { readonly name: string; readonly input: string; readonly size: number },
): Part {
  return { nodes: [{ kind, name, input, size, stride: size, padding: 0 }], tensors: [] };
}

/** A map as one row of numbers. */
export function flatten(name: string, input: string): Part {
  return { nodes: [{ kind: 'flatten', name, input }], tensors: [] };
}
