import type { FloatModel, FloatTensor } from '../model/types.ts';
import type { LayerKind } from './types.ts';

/** A layer with weights, as the analysis sees it. */
export interface WeightLayer {
  readonly name: string;
  readonly kind: LayerKind;
  /** Node (or `input`) whose map it reads. */
  readonly input: string;
  /** Name of its weight tensor. */
  readonly weightName: string;
  readonly weight: FloatTensor;
  /** Terms of one sum, `d^2 cin`. */
  readonly terms: number;
  /** The batch normalization that reads it. */
  readonly batchNorm?: string;
}

/** The layers of a network that have weights, in its order. */
export function findLayers({ nodes, tensors }: FloatModel): readonly WeightLayer[] {
  return nodes.flatMap((node) => {
    if (!('weight' in node)) return [];
    const weight = tensors.get(node.weight)!;
    const batchNorm = nodes.find(
      (reader) => reader.kind === 'batchNorm' && reader.input === node.name,
    );
    return [
      {
        name: node.name,
        kind: node.kind === 'adderConv' || node.kind === 'adderLinear' ? 'adder' : 'product',
        input: node.input,
        weightName: node.weight,
        weight,
        terms: weight.data.length / weight.shape[0],
        ...(batchNorm === undefined ? {} : { batchNorm: batchNorm.name }),
      },
    ] as const;
  });
}

/** Maps that the layers read and write, each once; `input` among them where a layer reads the image. */
export function mapsOf(layers: readonly WeightLayer[]): readonly string[] {
  return [...new Set(layers.flatMap(({ name, input }) => [input, name]))];
}
