/**
 * @file What a running training tells, and the clock behind rates and times left.
 */
import type { TrainSettings } from '../types.ts';
import type { TrainProgress } from './train-state.ts';

/** What is told after every step. */
export interface StepEvent {
  /** Counted from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Counted from 1. */
  readonly step: number;
  readonly steps: number;
  /** Means over the epoch so far: the loss, and percent of images that were right. */
  readonly loss: number;
  readonly accuracy: number;
  readonly imagesPerSecond: number;
  /** Until the end of the last epoch, without evaluations. */
  readonly secondsLeft: number;
}

/** What is known when all steps of an epoch are done. */
export interface EpochSummary {
  /** Counted from 1. */
  readonly epoch: number;
  /** The global learning rate at the epoch's start. */
  readonly rate: number;
  readonly trainLoss: number;
  /** Percent; of the varied images, by the network as it was at each step. */
  readonly trainTop1: number;
  /** Percent of the varied images that it had as its teacher, the network that fine-tuning began with. */
  readonly agreement?: number;
  /** Time of the epoch's steps. */
  readonly seconds: number;
  readonly imagesPerSecond: number;
}

/** Steps of an epoch; images that do not fill a batch are left out. */
export function stepsOf(settings: TrainSettings, count: number): number {
  return Math.floor(count / settings.batch);
}

/** Tell about the step just done. */
export function stepEvent(
  progress: TrainProgress,
  { settings, steps }: { readonly settings: TrainSettings; readonly steps: number },
): StepEvent {
  const { epoch, step, lossSum, correct, seconds } = progress;
  const images = step * settings.batch;
  const imagesPerSecond = images / seconds;
  const stepsLeft = (settings.epochs - epoch) * steps - step;
  return {
    epoch: epoch + 1,
    epochs: settings.epochs,
    step,
    steps,
    loss: lossSum / images,
    accuracy: (100 * correct) / images,
    imagesPerSecond,
    secondsLeft: (stepsLeft * settings.batch) / imagesPerSecond,
  };
}

/** Sum up the epoch whose steps are all done. */
export function summarizeEpoch(
  progress: TrainProgress,
  { settings, rate }: { readonly settings: TrainSettings; readonly rate: number },
): EpochSummary {
  const { epoch, step, lossSum, correct, agreeing, seconds } = progress;
  const images = step * settings.batch;
  return {
    epoch: epoch + 1,
    rate,
    trainLoss: lossSum / images,
    trainTop1: (100 * correct) / images,
    ...(settings.distill > 0 && { agreement: (100 * agreeing) / images }),
    seconds,
    imagesPerSecond: images / seconds,
  };
}
