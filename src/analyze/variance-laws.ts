/**
 * @file The paper's laws for the variance of a layer's output, eq 7 and eq 8.
 *
 * Both take inputs and weights as independent, normal and of mean zero. Then a product has the variance
 * `Var[X] Var[F]`, and `X - F` is normal with the variance `Var[X] + Var[F]`; the absolute value of a normal variable
 * of variance v has the mean `sqrt(2 v / pi)`, hence the variance `(1 - 2 / pi) v`. A sum of `d^2 cin` such terms has
 * as many times the variance.
 */
import type { LayerKind } from './types.ts';

/** What the laws depend on. */
export interface VarianceInputs {
  readonly kind: LayerKind;
  /** `d^2 cin`. */
  readonly terms: number;
  readonly inputVariance: number;
  readonly weightVariance: number;
}

/** Variance of the layer's outputs by eq 7 (products) or eq 8 (absolute differences). */
export function predictVariance({
  kind,
  terms,
  inputVariance,
  weightVariance,
}: VarianceInputs): number {
  return kind === 'product'
    ? terms * inputVariance * weightVariance
    : (1 - 2 / Math.PI) * terms * (inputVariance + weightVariance);
}

/**
 * Variance within one output channel, whose weights are constants, for independent inputs.
 *
 * A product `F X` varies by `F^2 Var[X]`. `|X - F|` varies by `Var[X]` where F is beyond all inputs, less where inputs
 * lie on both sides of it: for absolute differences this is an upper bound. Correlated inputs may exceed both.
 */
export function varianceGivenWeights({
  kind,
  terms,
  inputVariance,
  weightSquare,
}: Pick<VarianceInputs, 'kind' | 'terms' | 'inputVariance'> & {
  /** Mean of `F^2`. */
  readonly weightSquare: number;
}): number {
  return terms * inputVariance * (kind === 'product' ? weightSquare : 1);
}
