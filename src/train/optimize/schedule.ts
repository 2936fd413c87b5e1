import type { TrainSettings } from '../types.ts';

/**
 * Learning rate at a time of the run: half a cosine from `rate` down to zero, as in the public AdderNet code.
 *
 * `epoch` counts from 0, so the last epoch of `epochs` still learns a little; a fraction lies within an epoch.
 */
export function cosineRate({
  rate,
  epoch,
  epochs,
}: {
  readonly rate: number;
  readonly epoch: number;
  readonly epochs: number;
}): number {
  return (rate / 2) * (1 + Math.cos((Math.PI * epoch) / epochs));
}

/** Learning rate of the step that follows `step` steps, of `steps`, in an epoch. */
export function stepRate(
  { rate, schedule, epochs }: Pick<TrainSettings, 'rate' | 'schedule' | 'epochs'>,
  { epoch, step, steps }: { readonly epoch: number; readonly step: number; readonly steps: number },
): number {
  return cosineRate({ rate, epoch: epoch + (schedule === 'step' ? step / steps : 0), epochs });
}
