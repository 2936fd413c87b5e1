/**
 * @file A batch evaluation as data: what a worker is given, and what it does with a range of images.
 */
import { inferShapes } from '../model/infer-shapes.ts';
import { type FloatModel, INPUT, type MapShape } from '../model/types.ts';
import type { QuantizedModel } from '../quantize/types.ts';
import type { Engine, Tap, Values } from './engine.ts';
import { createFloatEngine } from './float-engine.ts';
import { createIntegerEngine } from './integer-engine.ts';
import { mapMoments, mergeMoments, noMoments, type PartialMoments } from './moments.ts';
import type { KernelModule } from './web-assembly.ts';

/** The network to run. */
export type Network =
  | { readonly kind: 'float'; readonly model: FloatModel }
  | { readonly kind: 'integer'; readonly model: QuantizedModel };

/** A network, the maps that are wanted of it, and whether whole or as statistics. */
export interface Job {
  readonly network: Network;
  readonly taps: readonly Tap[];
  readonly collect: 'maps' | 'moments';
}

/** A run of images: `first <= image < end`. */
export interface Range {
  readonly first: number;
  readonly end: number;
}

/** Lay out a job's network for one thread. */
export function createEngine(module: KernelModule, { network, taps }: Job): Engine {
  return network.kind === 'float'
    ? createFloatEngine(module, network.model, taps)
    : createIntegerEngine(module, network.model, taps);
}

/** Shape of the network's input. */
export function inputShapeOf(network: Network): MapShape {
  return network.kind === 'float' ? network.model.inputShape : network.model.input.shape;
}

/** Name of the network's output. */
export function outputOf({ model }: Network): string {
  const nodes = 'nodes' in model ? model.nodes : model.layers;
  const last = nodes.at(-1);
  return last ? last.name : INPUT;
}

/** Shapes of the tapped maps; a name that the network lacks is a programming error. */
export function tapShapes({ network, taps }: Job): readonly MapShape[] {
  const shapes: ReadonlyMap<string, MapShape> =
    network.kind === 'float'
      ? inferShapes(network.model)
      : new Map(network.model.layers.map(({ name, outputShape }) => [name, outputShape]));
  return taps.map(({ name, stage }) => {
    const hasStage = stage === 'output' || (network.kind === 'integer' && name !== INPUT);
    const shape = name === INPUT ? inputShapeOf(network) : shapes.get(name);
    if (!shape || !hasStage) {
      throw new Error(`internal: "${network.model.name}" has no ${stage} of "${name}"`);
    }
    return shape;
  });
}

/** A tap's maps of the whole batch, image after image. */
export type MapBatch = Float32Array | Int32Array;

/** Where a thread finds its images, and where it leaves whole maps (nowhere for statistics). */
export interface Batch {
  readonly images: Uint8Array;
  readonly maps: readonly MapBatch[];
  readonly shapes: readonly MapShape[];
}

/** Run a range of images; whole maps go to `batch.maps`, statistics of the range are returned. */
export function runRange(
  engine: Engine,
  batch: Batch,
  { first, end, imageBytes }: Range & { readonly imageBytes: number },
): readonly PartialMoments[] {
  const { images, maps, shapes } = batch;
  const moments = maps.length > 0 ? [] : shapes.map(([, , channels]) => noMoments(channels));
  for (let image = first; image < end; image++) {
    const bytes = images.subarray(image * imageBytes, (image + 1) * imageBytes);
    engine.run(bytes, (index: number, values: Values) => {
      if (maps.length > 0) maps[index].set(values, image * values.length);
      else {
        const one = mapMoments(values, shapes[index][2]);
        moments[index] = mergeMoments(moments[index], one);
      }
    });
  }
  return moments;
}
