/** Percent of images on which two networks' outputs, `[image, output]`, have the same largest one. */
export function agreement(a: ArrayLike<number>, b: ArrayLike<number>, count: number): number {
  const outputs = a.length / count;
  let same = 0;
  for (let image = 0; image < count; image++) {
    if (largestAt(a, image * outputs, outputs) === largestAt(b, image * outputs, outputs)) same++;
  }
  return (100 * same) / count;
}

function largestAt(values: ArrayLike<number>, first: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[first + i] > values[first + best]) best = i;
  return best;
}
