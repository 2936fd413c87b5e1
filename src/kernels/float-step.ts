/**
 * @file One node of a float network as kernel calls. Constants and scratch are reserved when the
 * step is made; the returned function only computes.
 */
import type { BatchNormNode, PoolNode } from '../model/types.ts';
import { convolution } from './float-convolution.ts';
import { BYTES, type FloatStepContext, paddedSource, type Run } from './float-step-context.ts';
import { geometryOf } from './geometry.ts';

/** Plan a node. */
export function floatStep(context: FloatStepContext): Run {
  const { node, place } = context;
  const output = place(node.name);
  const count = output.shape[0] * output.shape[1] * output.shape[2];
  switch (node.kind) {
    case 'adderConv':
    case 'conv':
    case 'linear':
    case 'adderLinear':
      return convolution({ ...context, node });
    case 'batchNorm':
      return batchNorm({ ...context, node });
    case 'relu': {
      const { address } = place(node.input);
      return (kernels) => kernels.reluFloat(address, output.address, count);
    }
    case 'add': {
      const [a, b] = node.inputs.map((name) => place(name).address);
      return (kernels) => kernels.addFloat(a, b, output.address, count);
    }
    case 'maxPool':
    case 'avgPool':
      return pooling({ ...context, node });
    case 'flatten': {
      const { address } = place(node.input);
      return (kernels) => kernels.compactFloat(address, output.address, 1, count, count);
    }
    default:
      node satisfies never;
      throw new Error('internal: unknown node kind');
  }
}

/** Running statistics as they are: `(x - mean) / sqrt(variance + epsilon) * gamma + beta`. */
function batchNorm({ model, node, workspace, place }: FloatStepContext<BatchNormNode>): Run {
  const [gamma, beta, mean, variance] = [node.gamma, node.beta, node.mean, node.variance].map(
    (name) => model.tensors.get(name)!.data,
  );
  const { shape, address } = place(node.name);
  const channels = shape[2];
  // Three tables after each other, each filled up to whole vectors.
  const pitch = Math.ceil(channels / 4) * 4;
  const values = new Float32Array(3 * pitch);
  for (let c = 0; c < channels; c++) {
    values[c] = mean[c];
    values[pitch + c] = gamma[c] / Math.sqrt(variance[c] + node.epsilon);
    values[2 * pitch + c] = beta[c];
  }
  const tables = workspace.place(values);
  const source = place(node.input).address;
  const pixels = shape[0] * shape[1];
  return (kernels) => kernels.affineFloat(source, address, tables, pitch * BYTES, pixels, channels);
}

function pooling(context: FloatStepContext<PoolNode>): Run {
  const { node, place } = context;
  const { shape: output, address } = place(node.name);
  const { size, stride, padding } = node;
  const input = place(node.input).shape;
  const geometry = geometryOf({ input, output, kernel: [size, size], stride, padding });
  const isMax = node.kind === 'maxPool';
  const source = paddedSource(context, geometry, isMax ? Number.NEGATIVE_INFINITY : 0);
  return (kernels) =>
    kernels.poolFloat(
      Number(isMax),
      source(kernels),
      address,
      ...output,
      size,
      stride,
      geometry.paddedCols,
    );
}
