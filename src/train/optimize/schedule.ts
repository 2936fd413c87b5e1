/**
 * Learning rate of an epoch: half a cosine from `rate` down to zero, as in the public AdderNet code.
 *
 * `epoch` counts from 0, so the last epoch of `epochs` still learns a little.
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
