/** Images that the program drew. */
export interface DrawnImages {
  /** `count * h * w * c` bytes: image, row, column, channel. */
  readonly images: Uint8Array;
  /** What each image shows, as a label of CIFAR-10 or a digit: the drawings go round the ten classes. */
  readonly labels: Uint8Array;
  readonly count: number;
}
