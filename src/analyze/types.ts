/**
 * @file What an analysis of a network finds: the numbers of `adderforge analyze --json`, and what the report draws.
 */

/** Whether a layer sums absolute differences (eq 3) or products (eq 1). */
export type LayerKind = 'adder' | 'product';

/** Equal cells from `low` to `high`; values outside are counted apart. */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
  readonly below: number;
  readonly above: number;
}

/** The most likely Laplace and normal distribution of some values; likelihoods in nats a value. */
export interface Fits {
  readonly laplace: {
    readonly median: number;
    readonly scale: number;
    readonly logLikelihood: number;
  };
  readonly normal: {
    readonly mean: number;
    readonly deviation: number;
    readonly logLikelihood: number;
  };
  readonly better: 'laplace' | 'normal';
}

/** How some values are distributed. */
export interface Distribution {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly deviation: number;
  /** Fourth central moment over the squared variance, minus 3: 0 for a normal distribution, 3 for Laplace's. */
  readonly excessKurtosis: number;
  readonly histogram: Histogram;
  /** Absent where all values are equal. */
  readonly fits?: Fits;
}

/** Distributions of one layer. */
export interface LayerDistributions {
  readonly layer: string;
  readonly kind: LayerKind;
  readonly weights: Distribution;
  /** The layer's sums, each channel less its mean and over its deviation: what its batch normalization sees. Absent where no channel varies. */
  readonly sums?: Distribution;
  /** Output of the batch normalization that reads the layer, if there is one. */
  readonly features?: Distribution;
  /** Channels left out of `sums`, because they are the same everywhere. */
  readonly constantChannels: number;
}

/** Variances of one layer over a batch: measured, and as the paper's laws have them. */
export interface LayerVariance {
  readonly layer: string;
  readonly kind: LayerKind;
  /** Terms of one sum, `d^2 cin`. */
  readonly terms: number;
  readonly input: { readonly mean: number; readonly variance: number };
  readonly weight: { readonly mean: number; readonly variance: number };
  /** Eq 7 for products, eq 8 for absolute differences. */
  readonly predicted: number;
  /**
   * Variance of a sum whose weights are constants and whose inputs are independent: products `terms Var[X] E[F^2]`;
   * absolute differences at most `terms Var[X]`, since `|x - F|` varies no more than x.
   */
  readonly givenWeights: number;
  /** Of all outputs together: over images, pixels and channels. */
  readonly measured: number;
  /** The part of it within channels, which batch normalization divides by; the rest lies between the channels' means. */
  readonly withinChannels: number;
}

/** The weight gradient of one layer on a batch. */
export interface LayerGradient {
  readonly layer: string;
  readonly kind: LayerKind;
  /** Weights of the layer. */
  readonly weights: number;
  /** Euclidean norm of the gradient. */
  readonly norm: number;
  /** Adder layers: eq 11's alpha, and the norm after it, `eta sqrt(k)`. */
  readonly adaptive?: { readonly alpha: number; readonly norm: number };
}

/** Everything about one network. */
export interface NetworkAnalysis {
  readonly name: string;
  readonly arch: string;
  readonly distributions: readonly LayerDistributions[];
  readonly variances: readonly LayerVariance[];
  readonly gradients: {
    readonly images: number;
    readonly loss: number;
    readonly layers: readonly LayerGradient[];
  };
}

/** Everything about a network and, when one was given, its convolution twin. */
export interface Analysis {
  readonly dataset: string;
  /** Images of the training split that variances were measured on. */
  readonly images: number;
  /** The first of them, whose maps were looked at value by value. */
  readonly tracedImages: number;
  readonly eta: number;
  readonly network: NetworkAnalysis;
  readonly twin?: NetworkAnalysis;
}
