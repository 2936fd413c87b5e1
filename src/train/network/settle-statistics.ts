import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * Move the running statistics towards those of a batch, and change nothing else: a forward pass of training.
 *
 * After fine-tuning with fake quantization they are those of rounded sums, while `quantize` expects the float
 * network's and matches the integer sums to them. Some fifty batches, augmented as in training, through the network
 * *without* fake quantization put them right (0.9^50 = 0.5 % of the old ones is left).
 */
export function settleStatistics(network: LayersModel, images: Tensor): void {
  tidy(() => {
    network.apply(images, { training: true });
  });
}
