/** Logits of a batch, `[image, class]`, and the label of each image. */
export interface Classified {
  readonly logits: Float32Array;
  readonly labels: ArrayLike<number>;
}

/** Loss of a batch, what it does to the logits, and how many are right. */
export interface CrossEntropy {
  /** Mean over the images of `-log softmax(logits)[label]`. */
  readonly loss: number;
  /** Images whose largest logit is their label; of equal ones the first counts. */
  readonly correct: number;
  /** Of the loss by the logits: `(softmax - onehot) / images`. */
  readonly gradient: Float32Array;
}

/** Compute the softmax cross-entropy of a batch and its gradient, in double precision. */
export function crossEntropy({ logits, labels }: Classified): CrossEntropy {
  const images = labels.length;
  const classes = logits.length / images;
  const gradient = new Float32Array(logits.length);
  let loss = 0;
  let correct = 0;
  for (let image = 0; image < images; image++) {
    const first = image * classes;
    const label = labels[image];
    if (!(label < classes)) {
      throw new Error(`internal: label ${label} of a network with ${classes} outputs`);
    }
    let best = 0;
    for (let c = 1; c < classes; c++) if (logits[first + c] > logits[first + best]) best = c;
    const largest = logits[first + best];
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(logits[first + c] - largest);
    for (let c = 0; c < classes; c++) {
      const share = Math.exp(logits[first + c] - largest) / sum;
      gradient[first + c] = (share - (c === label ? 1 : 0)) / images;
    }
    loss += Math.log(sum) + largest - logits[first + label];
    if (best === label) correct++;
  }
  return { loss: loss / images, correct, gradient };
}
