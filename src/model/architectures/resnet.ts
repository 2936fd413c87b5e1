/**
 * @file The CIFAR adder ResNets of the public AdderNet code (huawei-noah/AdderNet, `resnet20.py`).
 *
 * A multiplying 3 x 3 stem, three groups of basic blocks of adder layers (16, 32, 64 channels; the second and
 * third group halve the map), average pooling, a 1 x 1 multiplying classifier, and batch normalization of the logits.
 */
import { INPUT } from '../types.ts';
import { type Architecture, cifarNormalization, joinParts, type Part } from './architecture.ts';
import { batchNorm, conv, linear, pool, relu } from './parts.ts';

const GROUP_CHANNELS = [16, 32, 64];

/** A CIFAR ResNet of `6 * blocks + 2` layers. */
export function cifarResnet(name: string, blocks: number): Architecture {
  const stem = [
    conv({
      kind: 'conv',
      name: 'conv1',
      input: INPUT,
      inChannels: 3,
      outChannels: 16,
      kernel: 3,
      stride: 1,
      padding: 1,
    }),
    batchNorm('bn1', 'conv1', 16),
    relu('relu1', 'bn1'),
  ];
  const body: Part[] = [];
  let input = 'relu1';
  let inChannels = 16;
  for (const [group, outChannels] of GROUP_CHANNELS.entries()) {
    for (let block = 0; block < blocks; block++) {
      const prefix = `layer${group + 1}.${block}`;
      const stride = group > 0 && block === 0 ? 2 : 1;
      body.push(basicBlock({ prefix, input, inChannels, outChannels, stride }));
      input = `${prefix}.relu2`;
      inChannels = outChannels;
    }
  }
  const head = [
    pool('avgPool', { name: 'avgpool', input, size: 8 }),
    linear({ kind: 'linear', name: 'fc', input: 'avgpool', from: [1, 1, 64], outputs: 10 }),
    batchNorm('bn2', 'fc', 10),
  ];
  return {
    name,
    inputShape: [32, 32, 3],
    normalization: cifarNormalization,
    ...joinParts([...stem, ...body, ...head]),
  };
}

interface BlockSpec {
  readonly prefix: string;
  readonly input: string;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly stride: number;
}

/** Two adder layers and a shortcut, rectified; the shortcut is an adder layer where shapes differ. */
function basicBlock({ prefix, input, inChannels, outChannels, stride }: BlockSpec): Part {
  const named = (part: string) => `${prefix}.${part}`;
  const adder = (name: string, from: string, sizes: Partial<BlockSpec> & { kernel: number }) =>
    conv({
      kind: 'adderConv',
      name,
      input: from,
      inChannels: sizes.inChannels ?? outChannels,
      outChannels,
      kernel: sizes.kernel,
      stride: sizes.stride ?? 1,
      padding: (sizes.kernel - 1) / 2,
    });
  const main = [
    adder(named('conv1'), input, { kernel: 3, inChannels, stride }),
    batchNorm(named('bn1'), named('conv1'), outChannels),
    relu(named('relu1'), named('bn1')),
    adder(named('conv2'), named('relu1'), { kernel: 3 }),
    batchNorm(named('bn2'), named('conv2'), outChannels),
  ];
  const reshapes = stride !== 1 || inChannels !== outChannels;
  const shortcut = reshapes
    ? [
        adder(named('downsample.0'), input, { kernel: 1, inChannels, stride }),
        batchNorm(named('downsample.1'), named('downsample.0'), outChannels),
      ]
    : [];
  const sum: Part = {
    nodes: [
      {
        kind: 'add',
        name: named('add'),
        inputs: [named('bn2'), reshapes ? named('downsample.1') : input],
      },
    ],
    tensors: [],
  };
  return joinParts([...main, ...shortcut, sum, relu(named('relu2'), named('add'))]);
}
