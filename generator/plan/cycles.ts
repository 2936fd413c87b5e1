/**
 * @file How many cycles an operation takes: `an_walker`, `an_accumulator`, `an_result_fifo` and `an_post_op` retold.
 *
 * Cycle 0 is the sequencer's Fetch, cycle 1 its Start; the walker issues its first beat in cycle 2.
 * Co-simulation demands that the hardware's counters show exactly these numbers.
 */
import type { HardwareConfig } from '../config.ts';
import { arrayLatency, arraySteps } from '../element.ts';
import type { Operation } from './types.ts';

/** Cycles between a beat of a tile's last pass and the first cycle in which the post-op can take its sums. */
const poolLatency = 5;
/** From the post-op's last beat to the sequencer's next Fetch. */
const closing = 8;

/**
 * Cycles between the beginnings of two passes: a tile's weights come one group of rows a cycle, and into a shadow
 * register only after the swap's wavefront has passed.
 */
export function loadGap(config: HardwareConfig): number {
  const { groups, spans } = arraySteps(config);
  return Math.max(groups, config.shadowWeights ? spans : 0, accGap);
}

/** Cycles that a packed memory's decoders take to turn to another place: address, first word, second word. */
const turnCycles = 3;

/** `loadGap` after a pass that ends its block: packed weights turn back once the last row has left. */
export function turnGap(config: HardwareConfig): number {
  const turn = config.weightMemory === 'packed' ? config.rows + turnCycles : 0;
  return Math.max(loadGap(config), turn);
}

/** Cycles between two beats on one accumulator: read, add, write. */
export const accGap = 3;

/** Cycles from an operation's Fetch to the next one's. */
export function operationCycles(operation: Operation, config: HardwareConfig): number {
  const { pool, walk, tiles, passes, tileChannels, layer } = operation;
  const [outHeight, outWidth, channels] = layer.outputShape;
  const pixels = outHeight * outWidth;
  const passesPerTile = passes.length * walk.kernelY * walk.kernelX * walk.words;
  const gap = pool ? accGap : loadGap(config);
  const latency = pool ? poolLatency : poolLatency + arrayLatency(config);
  const fifoDepth = config.blockPixels;

  let now = 2;
  let wait = gap;
  let passStart = Number.NEGATIVE_INFINITY;
  let postFree = 0;
  const popped: number[] = [];
  for (let first = 0; first < pixels; first += config.blockPixels) {
    const blockPixels = Math.min(config.blockPixels, pixels - first);
    for (let tile = 0; tile < tiles; tile++) {
      const tileGroups = Math.ceil(
        Math.min(tileChannels, channels - tile * tileChannels) / config.lanes,
      );
      for (let pass = 1; pass < passesPerTile; pass++) {
        passStart = Math.max(now, passStart + wait);
        wait = gap;
        now = passStart + blockPixels;
      }
      for (let pixel = 0; pixel < blockPixels; pixel++) {
        // A place in the FIFO is free in the cycle after the pop that frees it.
        const credit = popped.length < fifoDepth ? 0 : popped[popped.length - fifoDepth] + 1;
        let issue = Math.max(now, credit);
        if (pixel === 0) {
          issue = Math.max(issue, passStart + wait);
          wait = !pool && tile === tiles - 1 ? turnGap(config) : gap;
          passStart = issue;
        }
        now = issue + 1;
        const pop = Math.max(issue + latency, postFree) + tileGroups - 1;
        postFree = pop + 1;
        popped.push(pop);
      }
    }
  }
  return popped[popped.length - 1] + closing;
}

/** Subtract-absolute-accumulate operations of a layer that do useful work; pooling goes past the array. */
export function sadOperations({ pool, walk, passes, layer }: Operation): number {
  const [height, width, channels] = layer.outputShape;
  return pool ? 0 : height * width * channels * walk.terms * passes.length;
}
