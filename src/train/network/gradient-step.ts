import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { StepResult } from '../types.ts';
import { type Bound, boundParameters } from './binding.ts';
import { type Classified, type CrossEntropy, crossEntropy, type Teacher } from './cross-entropy.ts';
import { isTrained, parameterView } from './parameters.ts';

/** Images that share one batch normalization. */
export interface Shard {
  /** Normalized, `[image, height, width, channels]`. */
  readonly images: tf.Tensor;
  /** Class of each image, from 0. */
  readonly labels: ArrayLike<number>;
  readonly teacher?: Teacher | undefined;
}

/**
 * Compute loss and gradients of one shard, forward and backward once, with the batch's own statistics unless the
 * network's are frozen.
 *
 * Fills `gradients`, laid out by `parametersOf`: the derivative of the mean loss (`crossEntropy`) by each trained
 * parameter and, in the places of `mean` and `variance`, the running statistics after this shard. Changes no
 * other variable of the network than those statistics. `network` is made by `buildNetwork`.
 */
export function gradientStep(
  network: LayersModel,
  { images, ...targets }: Shard,
  gradients: Float32Array,
): StepResult {
  const bound = [...boundParameters(network).values()];
  const trained = bound.filter(({ parameter }) => isTrained(parameter));
  return tf.tidy(() => {
    let outcome: CrossEntropy | undefined;
    const loss = lossOp(targets, (result) => {
      outcome = result;
    });
    const { grads } = tf.variableGrads(
      () => loss(network.apply(images, { training: true }) as tf.Tensor) as tf.Scalar,
      trained.map(({ variable }) => variable),
    );
    for (const each of bound) store(each, grads, gradients);
    const { loss: value, correct, agreeing } = outcome!;
    return { loss: value, correct, agreeing };
  });
}

/** The logits of a batch, `[image, class]`: forward only, with the running statistics. */
export function logitsOf(network: LayersModel, images: tf.Tensor): Float32Array {
  return tf.tidy(() => (network.apply(images) as tf.Tensor).dataSync<'float32'>().slice());
}

/** Softmax cross-entropy as one operation: a few thousand numbers at most, read once. */
function lossOp(targets: Omit<Classified, 'logits'>, tell: (result: CrossEntropy) => void) {
  return tf.customGrad((input) => {
    const logits = input as tf.Tensor;
    const result = crossEntropy({ logits: logits.dataSync<'float32'>(), ...targets });
    tell(result);
    return {
      value: tf.scalar(result.loss),
      // The derivative of the loss by itself is 1: it is the last operation.
      gradFunc: () => tf.tensor(result.gradient, logits.shape),
    };
  });
}

function store(
  { parameter, variable }: Bound,
  grads: tf.NamedTensorMap,
  gradients: Float32Array,
): void {
  const view = parameterView(parameter, gradients);
  const source = isTrained(parameter) ? grads[variable.name] : variable;
  // A parameter that the loss does not depend on has none.
  if (source == null) view.fill(0);
  else view.set(source.dataSync<'float32'>());
}
