/**
 * @file What an engine is: a network laid out in one kernel memory, run image by image.
 */

/**
 * A map that is wanted. `accumulator` is a layer's sum before the affine step (integer networks
 * only); `output` is the node's or layer's value.
 */
export interface Tap {
  readonly name: string;
  readonly stage: 'output' | 'accumulator';
}

/** Values of a map, channels last. */
export type Values = Float32Array | Int32Array | Uint8Array;

/** Receives the map of `taps[index]`: a view that the next step or image overwrites. */
export type Take = (index: number, values: Values) => void;

export interface Engine {
  /** Run one image (bytes, channels last) as far as the last tap. */
  run(image: Uint8Array, take: Take): void;
}

/** One node or layer of an engine: compute it, then its maps can be read. */
export interface Step {
  readonly name: string;
  run(): void;
  read(stage: Tap['stage']): Values;
}

/** Chain steps to an engine that stops after the last step that a tap needs. */
export function chainSteps(
  steps: readonly Step[],
  taps: readonly Tap[],
  load: (image: Uint8Array) => void,
): Engine {
  const wanted = steps.map(({ name }) =>
    taps.flatMap((tap, index) => (tap.name === name ? [{ index, stage: tap.stage }] : [])),
  );
  const used = steps.slice(0, wanted.findLastIndex((taken) => taken.length > 0) + 1);
  return {
    run(image, take) {
      load(image);
      used.forEach((step, i) => {
        step.run();
        for (const { index, stage } of wanted[i]) take(index, step.read(stage));
      });
    },
  };
}
