/**
 * @file A network for trying things and for tests: all layers add, it learns the drawn shapes in seconds.
 */
import { INPUT } from '../types.ts';
import { type Architecture, joinParts } from './architecture.ts';
import { batchNorm, conv, flatten, linear, pool, relu } from './parts.ts';

/** 12 x 12 x 1 to 4 logits: bar, post, cross or ring (`src/demo/draw-shapes.ts`). */
export function tiny(): Architecture {
  return {
    name: 'tiny',
    inputShape: [12, 12, 1],
    normalization: { mean: [0.25], std: [0.25] },
    ...joinParts([
      conv({
        kind: 'adderConv',
        name: 'conv1',
        input: INPUT,
        inChannels: 1,
        outChannels: 8,
        kernel: 3,
        stride: 1,
        padding: 1,
      }),
      batchNorm('bn1', 'conv1', 8),
      relu('relu1', 'bn1'),
      pool('maxPool', { name: 'pool1', input: 'relu1', size: 2 }),
      flatten('flatten', 'pool1'),
      linear({
        kind: 'adderLinear',
        name: 'fc1',
        input: 'flatten',
        from: [6, 6, 8],
        outputs: 4,
      }),
      batchNorm('bn2', 'fc1', 4),
    ]),
  };
}
