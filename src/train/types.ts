/**
 * @file What training is made of: settings, the flat list of a network's parameters, and what is known after a step.
 */

/** Gradient of an adder layer's weights: eq 5 (`X - F`) or its sign, eq 4. */
export type WeightGradient = 'full' | 'sign';

/** How the learning rate of an adder layer is found. */
export type LocalRate =
  /** Eq 10 and 11: the layer's gradient is scaled to the norm `eta * sqrt(k)`. */
  | { readonly kind: 'adaptive'; readonly eta: number }
  /** The ablation's alternative: the global rate times a constant. */
  | { readonly kind: 'increased'; readonly factor: number };

/** How a training image is varied before it enters the network. */
export interface Augmentation {
  /** Largest shift in pixels, to each side: a random crop of the image padded by as much with black (byte 0, before normalization). */
  readonly shift: number;
  /** Mirror half of the images left to right. */
  readonly flip: boolean;
}

/** Everything that decides the result of a training run, beside the network and the images. */
export interface TrainSettings {
  readonly epochs: number;
  /** Images a step; `batch / shard` gradients are averaged. Images left over at the end of an epoch are not used. */
  readonly batch: number;
  /** Images that share one batch normalization: the unit of work of a thread, so that results do not depend on threads. */
  readonly shard: number;
  /** Global learning rate gamma at the start; it falls as half a cosine to zero, `rate / 2 * (1 + cos(pi * epoch / epochs))`. */
  readonly rate: number;
  /** When it falls: from epoch to epoch as in the public code, or from step to step, which a run of a few epochs needs. */
  readonly schedule: 'epoch' | 'step';
  /** Momentum and weight decay with the adder layers' local rate, or Adam, which reads none of these three. */
  readonly optimizer: 'sgd' | 'adam';
  /** Of Adam: the rate of everything else as a multiple of the adder weights'. */
  readonly affineRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly weightGradient: WeightGradient;
  readonly localRate: LocalRate;
  readonly augmentation: Augmentation;
  /** Share of the loss that is the divergence from the network that fine-tuning began with; the rest is the labels'. */
  readonly distill: number;
  readonly seed: number;
}

/** What a parameter is, which decides how it is started, scaled and updated. */
export type ParameterRole =
  /** Weights of an adder layer: local learning rate. */
  | 'adder'
  /** Weights of a multiplying layer. */
  | 'product'
  | 'bias'
  | 'gamma'
  | 'beta'
  /** Running mean or variance: not trained, averaged over shards. */
  | 'mean'
  | 'variance';

/** One tensor of a network under training and its place in the flat array that threads share. */
export interface Parameter {
  /** Name of the tensor in the `FloatModel`. */
  readonly name: string;
  readonly role: ParameterRole;
  /** Shape in the LayersModel: HWIO for kernels, `[in, out]` for fully connected layers, `[channels]` otherwise. */
  readonly shape: readonly number[];
  /** First element in the flat array, in floats. */
  readonly offset: number;
  readonly length: number;
}

/** What one shard's step says of itself. */
export interface StepResult {
  /** Mean softmax cross-entropy of the shard's images. */
  readonly loss: number;
  /** Images whose largest logit is their label. */
  readonly correct: number;
  /** Images whose largest logit is the teacher's; 0 without one. */
  readonly agreeing: number;
}
