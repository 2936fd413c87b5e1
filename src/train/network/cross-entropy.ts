/** Logits of a batch, `[image, class]`, and what they are to be. */
export interface Classified {
  readonly logits: Float32Array;
  /** The class of each image. */
  readonly labels: ArrayLike<number>;
  /** Another network's logits of the same images, to learn from in place of the labels. */
  readonly teacher?: Teacher | undefined;
}

/** What is learnt from another network. */
export interface Teacher {
  readonly logits: Float32Array;
  /** Its share in the loss, 0 to 1; the rest is the labels'. */
  readonly share: number;
}

/** Loss of a batch, what it does to the logits, and how many are right. */
export interface CrossEntropy {
  /**
   * Mean over the images of `-log softmax(logits)[label]`; with a teacher of `(1 - share)` times that and `share` times
   * the divergence from the teacher, `sum t log(t / softmax(logits))` with `t = softmax(teacher)`.
   */
  readonly loss: number;
  /** Images whose largest logit is their label; of equal ones the first counts. */
  readonly correct: number;
  /** Images whose largest logit is the teacher's. */
  readonly agreeing: number;
  /** Of the loss by the logits: `(softmax - target) / images`. */
  readonly gradient: Float32Array;
}

/** Compute the softmax cross-entropy of a batch and its gradient, in double precision. */
export function crossEntropy({ logits, labels, teacher }: Classified): CrossEntropy {
  const images = labels.length;
  const classes = logits.length / images;
  const share = teacher?.share ?? 0;
  const gradient = new Float32Array(logits.length);
  let loss = 0;
  let correct = 0;
  let agreeing = 0;
  for (let image = 0; image < images; image++) {
    const first = image * classes;
    const label = labels[image];
    if (!(label < classes)) {
      throw new Error(`internal: label ${label} of a network with ${classes} outputs`);
    }
    const own = logSoftmax(logits, first, classes);
    const taught = teacher && logSoftmax(teacher.logits, first, classes);
    loss -= (1 - share) * own.logs[label];
    for (let c = 0; c < classes; c++) {
      let target = c === label ? 1 - share : 0;
      if (taught !== undefined) {
        const weight = share * Math.exp(taught.logs[c]);
        target += weight;
        loss += weight * (taught.logs[c] - own.logs[c]);
      }
      gradient[first + c] = (Math.exp(own.logs[c]) - target) / images;
    }
    if (own.best === label) correct++;
    if (own.best === taught?.best) agreeing++;
  }
  return { loss: loss / images, correct, agreeing, gradient };
}

/** Logarithms of the softmax of some numbers, and the place of the largest. */
function logSoftmax(values: Float32Array, first: number, count: number) {
  let best = 0;
  for (let c = 1; c < count; c++) if (values[first + c] > values[first + best]) best = c;
  const largest = values[first + best];
  let sum = 0;
  for (let c = 0; c < count; c++) sum += Math.exp(values[first + c] - largest);
  const logs = Float64Array.from(
    { length: count },
    (_, c) => values[first + c] - largest - Math.log(sum),
  );
  return { best, logs };
}
