/**
 * @file All that changes while a network trains: what a checkpoint has to hold, no more.
 */
/** How far a run is. */
export interface TrainProgress {
  /** Whole epochs done. */
  epoch: number;
  /** Steps done of the epoch after them. */
  step: number;
  /** Sums over the images of those steps: the loss, and how many were right. */
  lossSum: number;
  correct: number;
  /** How many were as the teacher has them; 0 without one. */
  agreeing: number;
  /** Time that those steps took. */
  seconds: number;
}

/** A network under training: `parameters` lies in shared memory, laid out as the `Parameter` list says. */
export interface TrainState {
  readonly parameters: Float32Array;
  /** The optimizer's memory: momentum, or with Adam the mean gradient. */
  readonly velocity: Float32Array;
  /** Adam's mean squares; zeros without it. */
  readonly squares: Float32Array;
  readonly progress: TrainProgress;
}

/** Zeros in memory that threads share. */
export function sharedFloats(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(4 * length));
}

/** The state before the first step, from the network's parameters. */
export function initialState(flat: Float32Array): TrainState {
  const parameters = sharedFloats(flat.length);
  parameters.set(flat);
  const velocity = new Float32Array(flat.length);
  return {
    parameters,
    velocity,
    squares: new Float32Array(flat.length),
    progress: { epoch: 0, step: 0, lossSum: 0, correct: 0, agreeing: 0, seconds: 0 },
  };
}

/** Count an epoch as the running one, none of its steps done. */
export function startEpoch(progress: TrainProgress, epoch: number): void {
  Object.assign(progress, { epoch, step: 0, lossSum: 0, correct: 0, agreeing: 0, seconds: 0 });
}
