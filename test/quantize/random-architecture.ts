/** @file Networks of the known architectures with random weights, normalized as training would leave them. */
import { nodeMoments } from '../../src/kernels/evaluate-float.ts';
import { findArchitecture } from '../../src/model/architectures/registry.ts';
import type { FloatModel, FloatTensor } from '../../src/model/types.ts';
import { type RandomSource, randomSource } from '../random-source.ts';

/** Draw an architecture's tensors: adder weights wide, multiplying ones by their fan-in. */
export function randomArchitecture(name: string, draw: RandomSource): FloatModel {
  const arch = findArchitecture(name);
  const adders = new Set(
    arch.nodes.flatMap((node) =>
      node.kind === 'adderConv' || node.kind === 'adderLinear' ? [node.weight] : [],
    ),
  );
  const tensors = new Map<string, FloatTensor>();
  for (const { tensor, shape } of arch.tensors) {
    const count = shape.reduce((a, b) => a * b, 1);
    const spread = adders.has(tensor) ? 4 : (2 * shape[0]) / Math.sqrt(count * shape[0]);
    const make = () =>
      shape.length === 1 ? draw.integer(500, 1500) / 1000 : spread * normal(draw);
    tensors.set(tensor, { shape, data: Float32Array.from({ length: count }, make) });
  }
  const { inputShape, normalization, nodes } = arch;
  return { name, arch: name, inputShape, normalization, nodes, tensors, provenance: {} };
}

/** The sum of four uniform values: near enough to a normal one. */
function normal(draw: RandomSource): number {
  let sum = 0;
  for (let i = 0; i < 4; i++) sum += draw.integer(-1000, 1000) / 1000;
  return (sum * Math.sqrt(3)) / 2;
}

/** Set every batch normalization's running statistics to what the images give, first to last. */
export async function fitBatchNorms(
  model: FloatModel,
  images: Uint8Array,
  count: number,
): Promise<void> {
  for (const node of model.nodes) {
    if (node.kind !== 'batchNorm') continue;
    const moments = await nodeMoments({ model, images, count, nodes: [node.input], threads: 1 });
    const { mean, variance } = moments.get(node.input)!;
    model.tensors.get(node.mean)!.data.set(mean);
    model.tensors.get(node.variance)!.data.set(variance);
  }
}

/** Images of soft blobs and some noise: neighbouring pixels resemble each other. */
export function drawImages(
  [height, width, channels]: readonly [number, number, number],
  count: number,
  seed: number,
): Uint8Array {
  const draw = randomSource(seed);
  const images = new Uint8Array(count * height * width * channels);
  let at = 0;
  for (let image = 0; image < count; image++) {
    const waves = Array.from({ length: channels }, () => ({
      level: draw.integer(60, 190),
      down: draw.integer(-400, 400) / 1000,
      across: draw.integer(-400, 400) / 1000,
      phase: draw.integer(0, 6),
    }));
    for (let row = 0; row < height; row++) {
      for (let col = 0; col < width; col++) {
        for (const { level, down, across, phase } of waves) {
          const wave = 55 * Math.sin(down * row + across * col + phase);
          images[at++] = Math.round(level + wave + draw.integer(-10, 10));
        }
      }
    }
  }
  return images;
}
