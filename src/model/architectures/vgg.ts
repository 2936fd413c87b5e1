/**
 * @file VGG-small for CIFAR-10 of the AdderNet paper: 128, 128, M, 256, 256, M, 512, 512, M, then one fully connected layer.
 *
 * The first convolution and the classifier multiply, the other five layers add. The paper's code for it is not public;
 * keys are those of an `nn.Sequential` of convolution, batch normalization and ReLU (and pooling after every second):
 * `features.N`, `classifier`.
 */
import { INPUT } from '../types.ts';
import { type Architecture, cifarNormalization, joinParts, type Part } from './architecture.ts';
import { batchNorm, conv, flatten, linear, pool, relu } from './parts.ts';

const CHANNELS = [128, 128, 256, 256, 512, 512];

/** VGG-small: 32 x 32 x 3 to 10 logits. */
export function vggSmall(): Architecture {
  const parts: Part[] = [];
  // Position in the nn.Sequential: every module counts, also those without tensors.
  let position = 0;
  let input: string = INPUT;
  const next = () => `features.${position++}`;
  const add = (name: string, part: Part) => {
    parts.push(part);
    input = name;
  };
  for (const [i, outChannels] of CHANNELS.entries()) {
    const convName = next();
    add(
      convName,
      conv({
        kind: i === 0 ? 'conv' : 'adderConv',
        name: convName,
        input,
        inChannels: CHANNELS[i - 1] ?? 3,
        outChannels,
        kernel: 3,
        stride: 1,
        padding: 1,
      }),
    );
    const normName = next();
    add(normName, batchNorm(normName, input, outChannels));
    const reluName = next();
    add(reluName, relu(reluName, input));
    if (i % 2 === 0) continue;
    const poolName = next();
    add(poolName, pool('maxPool', { name: poolName, input, size: 2 }));
  }
  parts.push(
    flatten('flatten', input),
    linear({
      kind: 'linear',
      name: 'classifier',
      input: 'flatten',
      from: [4, 4, 512],
      outputs: 10,
      optionalBias: true,
    }),
  );
  return {
    name: 'vgg-small',
    inputShape: [32, 32, 3],
    normalization: cifarNormalization,
    ...joinParts(parts),
  };
}
