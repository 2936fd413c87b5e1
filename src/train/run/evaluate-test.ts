import { evaluateFloat } from '../../kernels/evaluate-float.ts';
import { evaluateInteger } from '../../kernels/evaluate-integer.ts';
import { top1 } from '../../kernels/top1.ts';
import { withParameters } from '../network/parameters.ts';
import { withRounding } from '../network/with-rounding.ts';
import { integerOf } from './integer-of.ts';
import type { TrainModelRequest } from './train-request.ts';
import type { TrainState } from './train-state.ts';

/** Thrown inside an evaluation that the signal ends. */
class Stopped extends Error {}

/**
 * Percent of test images that the network, as it is, has right; `undefined` when the signal came.
 *
 * With a rounding it is the integer network that is asked, its constants rounded on training images.
 */
export async function evaluateTest(
  request: TrainModelRequest,
  { parameters }: TrainState,
): Promise<number | undefined> {
  const { data, rounding, signal } = request;
  const { images, labels, count } = data.test;
  const model = withParameters(request.model, parameters);
  const progress = (): void => {
    if (signal?.aborted) throw new Stopped();
  };
  const threads = request.threads === undefined ? {} : { threads: request.threads };
  const batch = { images, count, progress, ...threads };
  try {
    const logits =
      rounding === undefined
        ? await evaluateFloat({ model, ...batch })
        : await evaluateInteger({
            model: await integerOf(withRounding(model, rounding), data.training, {
              progress,
              ...threads,
            }),
            ...batch,
          });
    return top1(logits, labels, logits.length / count);
  } catch (error) {
    if (error instanceof Stopped) return undefined;
    throw error;
  }
}
