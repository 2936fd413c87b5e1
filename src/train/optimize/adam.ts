/**
 * @file Adam (Kingma and Ba, arXiv 1412.6980): each parameter steps by its mean gradient over the root of its mean square.
 *
 * For fine-tuning: eq 11 gives an adder layer steps of one length however small its gradient has become, Adam gives it
 * short ones where the gradients of successive batches contradict each other.
 */
import { isTrained, parameterView } from '../network/parameters.ts';
import type { Parameter } from '../types.ts';

const MEAN_DECAY = 0.9;
const SQUARE_DECAY = 0.999;
const EPSILON = 1e-8;

/** All parameters of a network, laid out as the `Parameter` list says; all but `gradients` are updated in place. */
export interface AdamUpdate {
  readonly parameters: Float32Array;
  /** Decaying mean of the gradients. */
  readonly velocity: Float32Array;
  /** Decaying mean of their squares. */
  readonly squares: Float32Array;
  readonly gradients: Float32Array;
  readonly rate: number;
  /** Factor of the rate for everything but adder weights. */
  readonly affineRate: number;
  /** Steps taken before. */
  readonly taken: number;
}

/**
 * Take one step of all parameters; running statistics stay as they are.
 *
 * Steps of gamma and beta are shares of gamma's root mean square, which is about the deviation of what leaves the batch
 * normalization: layers with a large output take longer steps.
 */
export function updateByAdam(layout: readonly Parameter[], update: AdamUpdate): void {
  const { rate, affineRate, taken } = update;
  const meanBias = 1 - MEAN_DECAY ** (taken + 1);
  const squareBias = 1 - SQUARE_DECAY ** (taken + 1);
  let size = 1;
  for (const parameter of layout.filter(isTrained)) {
    const [values, means, squares, gradients] = [
      update.parameters,
      update.velocity,
      update.squares,
      update.gradients,
    ].map((flat) => parameterView(parameter, flat));
    // A node's beta follows its gamma.
    if (parameter.role === 'gamma') size = rootMeanSquare(values);
    const isNorm = parameter.role === 'gamma' || parameter.role === 'beta';
    const factor = parameter.role === 'adder' ? 1 : affineRate * (isNorm ? size : 1);
    const step = (rate * factor) / meanBias;
    for (let i = 0; i < values.length; i++) {
      const g = gradients[i];
      means[i] = MEAN_DECAY * means[i] + (1 - MEAN_DECAY) * g;
      squares[i] = SQUARE_DECAY * squares[i] + (1 - SQUARE_DECAY) * g * g;
      values[i] -= (step * means[i]) / (Math.sqrt(squares[i] / squareBias) + EPSILON);
    }
  }
}

function rootMeanSquare(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
