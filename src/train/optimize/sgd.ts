/**
 * @file Stochastic gradient descent with momentum and weight decay, and the adder layers' local learning rate.
 *
 * For each trained parameter w with gradient g, as PyTorch's SGD does it:
 *
 *     d = s * g + weightDecay * w,   v = momentum * v + d,   w = w - rate * v
 *
 * s is 1, but for weights of adder layers the local rate: eq 10 and 11 of the AdderNet paper, applied to the gradient
 * before momentum and weight decay as the public code does, or a constant (the ablation).
 */
import { isTrained, parameterView } from '../network/parameters.ts';
import type { LocalRate, Parameter } from '../types.ts';

/** What the optimizer needs to know beside rate and gradients. */
export interface SgdSettings {
  readonly momentum: number;
  readonly weightDecay: number;
  readonly localRate: LocalRate;
}

/** One tensor that is trained; `values` and `velocity` are updated in place. */
export interface TensorUpdate {
  readonly values: Float32Array;
  readonly velocity: Float32Array;
  readonly gradient: Float32Array;
  /** Whether these are weights of an adder layer, which have a local rate. */
  readonly isAdder: boolean;
  readonly rate: number;
  readonly settings: SgdSettings;
}

/** All parameters of a network, laid out as the `Parameter` list says; `parameters` and `velocity` are updated in place. */
export interface FlatUpdate {
  readonly parameters: Float32Array;
  readonly velocity: Float32Array;
  readonly gradients: Float32Array;
  readonly rate: number;
  readonly settings: SgdSettings;
}

/** A gradient of this norm or less is no direction: it is not scaled up beyond `1 / LEAST_NORM`, as in the public code. */
const LEAST_NORM = 1e-12;

/**
 * The factor `s` of an adder layer's gradient.
 *
 * Adaptive (eq 11): `eta * sqrt(k) / norm2(gradient)` with k elements, so that every layer steps equally far.
 */
export function localScale(gradient: Float32Array, localRate: LocalRate): number {
  if (localRate.kind === 'increased') return localRate.factor;
  let squares = 0;
  for (let i = 0; i < gradient.length; i++) squares += gradient[i] * gradient[i];
  const norm = Math.max(Math.sqrt(squares), LEAST_NORM);
  return (localRate.eta * Math.sqrt(gradient.length)) / norm;
}

/** Take one step of one tensor. */
export function updateTensor(update: TensorUpdate): void {
  const { values, velocity, gradient, isAdder, rate, settings } = update;
  const { momentum, weightDecay, localRate } = settings;
  const scale = isAdder ? localScale(gradient, localRate) : 1;
  for (let i = 0; i < values.length; i++) {
    const v = momentum * velocity[i] + (scale * gradient[i] + weightDecay * values[i]);
    velocity[i] = v;
    values[i] -= rate * v;
  }
}

/** Take one step of all parameters; running statistics stay as they are. */
export function updateParameters(layout: readonly Parameter[], update: FlatUpdate): void {
  const { parameters, velocity, gradients, rate, settings } = update;
  for (const parameter of layout.filter(isTrained)) {
    updateTensor({
      values: parameterView(parameter, parameters),
      velocity: parameterView(parameter, velocity),
      gradient: parameterView(parameter, gradients),
      isAdder: parameter.role === 'adder',
      rate,
      settings,
    });
  }
}
