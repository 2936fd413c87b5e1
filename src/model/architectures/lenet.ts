/**
 * @file LeNet-5-BN for MNIST of the AdderNet paper: every layer adds, also the fully connected ones.
 *
 * The first layer pads by 2, as LeNet-5's 32 x 32 input did: 416,520 subtract-absolute operations an image, nearest
 * to the 435 K that the paper reports (without padding they would be 281,640).
 */
import { INPUT } from '../types.ts';
import { type Architecture, joinParts, mnistNormalization } from './architecture.ts';
import { batchNorm, conv, flatten, linear, pool, relu } from './parts.ts';

/** LeNet-5-BN: 28 x 28 x 1 to 10 logits. */
export function lenet5Bn(): Architecture {
  const adder = { kind: 'adderConv', kernel: 5, stride: 1 } as const;
  const dense = { kind: 'adderLinear' } as const;
  return {
    name: 'lenet5-bn',
    inputShape: [28, 28, 1],
    normalization: mnistNormalization,
    ...joinParts([
      conv({ ...adder, name: 'conv1', input: INPUT, inChannels: 1, outChannels: 6, padding: 2 }),
      batchNorm('bn1', 'conv1', 6),
      relu('relu1', 'bn1'),
      pool('maxPool', { name: 'pool1', input: 'relu1', size: 2 }),
      conv({ ...adder, name: 'conv2', input: 'pool1', inChannels: 6, outChannels: 16, padding: 0 }),
      batchNorm('bn2', 'conv2', 16),
      relu('relu2', 'bn2'),
      pool('maxPool', { name: 'pool2', input: 'relu2', size: 2 }),
      flatten('flatten', 'pool2'),
      linear({ ...dense, name: 'fc1', input: 'flatten', from: [5, 5, 16], outputs: 120 }),
      batchNorm('bn3', 'fc1', 120),
      relu('relu3', 'bn3'),
      linear({ ...dense, name: 'fc2', input: 'relu3', from: [1, 1, 120], outputs: 84 }),
      batchNorm('bn4', 'fc2', 84),
      relu('relu4', 'bn4'),
      linear({ ...dense, name: 'fc3', input: 'relu4', from: [1, 1, 84], outputs: 10 }),
      batchNorm('bn5', 'fc3', 10),
    ]),
  };
}
