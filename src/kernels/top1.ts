/**
 * Percent of images whose largest logit is that of their label; `logits` is `[images, classes]`.
 *
 * The first of equal logits wins, as in every framework's argmax.
 */
export function top1(
  logits: Float32Array | Int32Array,
  labels: Uint8Array,
  classes: number,
): number {
  const count = logits.length / classes;
  if (!Number.isInteger(count) || count === 0 || count > labels.length) {
    throw new Error(
      `internal: ${logits.length} logits of ${classes} classes for ${labels.length} labels`,
    );
  }
  let hits = 0;
  for (let image = 0; image < count; image++) {
    let best = 0;
    for (let c = 1; c < classes; c++) {
      if (logits[image * classes + c] > logits[image * classes + best]) best = c;
    }
    if (best === labels[image]) hits++;
  }
  return (100 * hits) / count;
}
