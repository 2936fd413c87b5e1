/** @file A network with fake quantization beside its integer network, layer by layer on the same codes. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { normalizeImage } from '../../../src/golden/float.ts';
import { traceInteger } from '../../../src/kernels/evaluate-integer.ts';
import { nodeInputs } from '../../../src/model/node-shape.ts';
import { type FloatModel, INPUT } from '../../../src/model/types.ts';
import { lower } from '../../../src/quantize/lower.ts';
import { quantize } from '../../../src/quantize/quantize.ts';
import { loadParameters } from '../../../src/train/network/binding.ts';
import { buildNetwork } from '../../../src/train/network/build-network.ts';
import { fakeQuantizationOf } from '../../../src/train/network/fake-quantization.ts';
import { flattenParameters, parametersOf } from '../../../src/train/network/parameters.ts';
import { prepareTuning } from '../../../src/train/network/prepare-tuning.ts';
import { roundProducts } from '../../../src/train/network/round-products.ts';
import { withRounding } from '../../../src/train/network/with-rounding.ts';
import { asTrainingImages } from '../../../src/training-images.ts';

export interface LayerDifference {
  readonly layer: string;
  /** Share of the codes that differ, and by how much at most. */
  readonly share: number;
  readonly most: number;
}

/**
 * Quantize a model, make it ready for fine-tuning, and let every layer read the integer network's maps:
 * a code that falls the other way by the last rounding does not spread.
 */
export async function compareCodes(
  given: FloatModel,
  images: Uint8Array,
  { count, bits, shown }: { readonly count: number; readonly bits: number; readonly shown: number },
): Promise<readonly LayerDifference[]> {
  const training = asTrainingImages({ name: 'drawn', split: 'train', images });
  const options = { images: training, count, threads: 1, actWidth: bits, weightWidth: bits };
  const { model, rounding } = await prepareTuning({ model: given, ...options });
  const integer = (await quantize({ model: withRounding(model, rounding), ...options })).model;
  const network = buildNetwork(model, { quantization: fakeQuantizationOf(model, rounding) });
  const layout = parametersOf(model);
  const flat = flattenParameters(model);
  roundProducts(layout, flat);
  loadParameters(network, layout, flat);

  const { layers } = lower(model);
  const keep = [INPUT, ...layers.map(({ name }) => name)];
  const codes = await traceInteger({ model: integer, images, count: shown, threads: 1, keep });
  const codings = new Map(rounding.maps.map((map) => [map.layer, map]));
  const layerOf = new Map([
    [INPUT, INPUT],
    ...layers.map(({ name, node }) => [node, name] as const),
  ]);
  const maps = new Map<string, tf.Tensor>();
  const differences: LayerDifference[] = [];
  const keepMap = (node: string, map: tf.Tensor): void => {
    const layer = layerOf.get(node);
    if (layer === undefined) {
      maps.set(node, map);
      return;
    }
    const { step, zeroPoint } = codings.get(layer)!;
    const wanted = codes.get(layer)!;
    const errors = Array.from(map.dataSync(), (y, i) =>
      Math.abs(Math.round(y / step) + zeroPoint - wanted[i]),
    );
    const differing = errors.filter((error) => error > 0).length;
    const most = errors.reduce((a, b) => Math.max(a, b), 0);
    differences.push({ layer, share: differing / wanted.length, most });
    const reals = Float32Array.from(wanted, (code) => (code - zeroPoint) * step);
    maps.set(node, tf.tensor(reals, map.shape));
  };
  const size = images.length / count;
  const pixels = Array.from({ length: shown }, (_, i) =>
    tf.tensor(normalizeImage(model, images.subarray(i * size, (i + 1) * size)), [
      ...model.inputShape,
    ]),
  );
  keepMap(INPUT, applyAll(network, [`${INPUT}/codes`], [tf.stack(pixels)]));
  for (const node of model.nodes) {
    const inputs = nodeInputs(node).map((name, i) =>
      applyAll(network, [`${node.name}/input${i}`], [maps.get(name)!]),
    );
    const { name } = node;
    const parts = [
      `${name}/operand`,
      `${name}/padding`,
      name,
      `${name}/corrected`,
      `${name}/codes`,
    ];
    keepMap(name, applyAll(network, parts, inputs));
  }
  network.dispose();
  return differences;
}

/** Apply those of the named layers that the network has. */
function applyAll(network: LayersModel, names: readonly string[], inputs: tf.Tensor[]): tf.Tensor {
  const known = names.flatMap((name) => network.layers.filter((layer) => layer.name === name));
  return known.reduce<tf.Tensor[]>(
    (maps, layer) => [layer.apply(maps.length === 1 ? maps[0] : maps) as tf.Tensor],
    inputs,
  )[0];
}
