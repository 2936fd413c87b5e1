import { evaluateFloat } from '../../kernels/evaluate-float.ts';
import { top1 } from '../../kernels/top1.ts';
import { withParameters } from '../network/parameters.ts';
import type { TrainModelRequest } from './train-request.ts';
import type { TrainState } from './train-state.ts';

/** Thrown inside an evaluation that the signal ends. */
class Stopped extends Error {}

/** Percent of test images that the network, as it is, has right; `undefined` when the signal came. */
export async function evaluateTest(
  { model, data, threads, signal }: TrainModelRequest,
  { parameters }: TrainState,
): Promise<number | undefined> {
  const { images, labels, count } = data.test;
  try {
    const logits = await evaluateFloat({
      model: withParameters(model, parameters),
      images,
      count,
      progress: () => {
        if (signal?.aborted) throw new Stopped();
      },
      ...(threads === undefined ? {} : { threads }),
    });
    return top1(logits, labels, logits.length / count);
  } catch (error) {
    if (error instanceof Stopped) return undefined;
    throw error;
  }
}
