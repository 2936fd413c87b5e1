/**
 * @file What a user should know of a network that can be quantized all the same.
 */
import type { LoweredLayer, LoweredNetwork } from './lowered.ts';
import type { LayerReport } from './report.ts';

/** Channels without information, layers that are hard to scale, inputs without a lower bound. */
export function warningsOf(network: LoweredNetwork, reports: readonly LayerReport[]): string[] {
  return network.layers.flatMap((layer, i) => [
    ...constantChannels(layer, reports[i]),
    ...missingNormalization(layer),
    ...unboundedInput(network, layer, reports),
  ]);
}

function constantChannels({ name, outputShape }: LoweredLayer, report: LayerReport): string[] {
  const { constantChannels: count } = report;
  if (count === 0) return [];
  return [
    `Layer "${name}" has channels that are the same on all images: ${count} of ${outputShape[2]}`,
  ];
}

function missingNormalization({ name, kind, hasBatchNorm }: LoweredLayer): string[] {
  if (kind !== 'adder' || hasBatchNorm) return [];
  return [
    `Adder layer "${name}" has no batch normalization behind it: its sums are scaled as they are`,
  ];
}

/** Behind a rectifier, and of an image, the least value is known; elsewhere it is only the least one seen. */
function unboundedInput(
  { layers }: LoweredNetwork,
  { name, kind, input }: LoweredLayer,
  reports: readonly LayerReport[],
): string[] {
  const at = layers.findIndex((layer) => layer.name === input);
  if (kind !== 'adder' || at < 0 || isBounded(layers, layers[at])) return [];
  const least = reports[at].range[0].toPrecision(3);
  return [
    `Adder layer "${name}" reads "${input}", which no rectifier bounds: values below ${least} are clipped`,
  ];
}

/** Whether a layer's output cannot fall below zero, or below what its bounded input holds. */
function isBounded(layers: readonly LoweredLayer[], layer: LoweredLayer): boolean {
  if (layer.isRectified) return true;
  if (layer.kind !== 'maxPool' || layer.hasBatchNorm || layer.residual) return false;
  const source = layers.find(({ name }) => name === layer.input);
  return source === undefined || isBounded(layers, source);
}
