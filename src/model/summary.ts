import { elementCount } from './element-count.ts';
import { inferShapes } from './infer-shapes.ts';
import type { FloatModel, MapShape } from './types.ts';

/** A network in numbers; operations are those of one image, padded taps included. */
export interface ModelSummary {
  readonly adderLayers: number;
  readonly adderWeights: number;
  readonly parameters: number;
  /** Subtract-absolute-accumulate operations of the adder layers. */
  readonly sadOps: number;
  /** Multiply-accumulate operations of the convolutions and multiplying linear layers. */
  readonly multiplyAdds: number;
}

/** Count layers, weights and operations. */
export function summarizeModel(model: FloatModel): ModelSummary {
  const shapes = inferShapes(model);
  let [adderLayers, adderWeights, sadOps, multiplyAdds] = [0, 0, 0, 0];
  for (const node of model.nodes) {
    if (!('weight' in node)) continue;
    const weights = elementCount(model.tensors.get(node.weight)!.shape);
    const [rows, columns] = shapes.get(node.name) as MapShape;
    const operations = weights * rows * columns;
    if (node.kind === 'adderConv' || node.kind === 'adderLinear') {
      adderLayers++;
      adderWeights += weights;
      sadOps += operations;
    } else multiplyAdds += operations;
  }
  const parameters = [...model.tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
  return { adderLayers, adderWeights, parameters, sadOps, multiplyAdds };
}
