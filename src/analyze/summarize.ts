import type { Distribution, LayerDistributions, LayerKind, NetworkAnalysis } from './types.ts';

/** How many layers a law explains better, and by how much a value on average over these layers. */
export interface FitCount {
  readonly layers: number;
  readonly laplace: number;
  /** Nats a value by which Laplace's law is more likely, averaged over layers; negative: the normal one. */
  readonly advantage: number;
}

/** Count the better fits of one kind of values over the layers of one kind. */
export function countFits(
  { distributions }: NetworkAnalysis,
  values: keyof Pick<LayerDistributions, 'weights' | 'sums' | 'features'>,
  kind: LayerKind,
): FitCount {
  const advantages = distributions
    .filter((layer) => layer.kind === kind)
    .flatMap((layer) => laplaceAdvantage(layer[values]) ?? []);
  return {
    layers: advantages.length,
    laplace: advantages.filter((advantage) => advantage > 0).length,
    advantage: advantages.reduce((sum, advantage) => sum + advantage, 0) / (advantages.length || 1),
  };
}

/** Nats a value by which Laplace's law is more likely than the normal one. */
export function laplaceAdvantage(distribution: Distribution | undefined): number | undefined {
  const fits = distribution?.fits;
  return fits && fits.laplace.logLikelihood - fits.normal.logLikelihood;
}

/** Largest over smallest gradient norm of the adder layers, without and with the adaptive rate. */
export function gradientSpread({ gradients }: NetworkAnalysis): {
  readonly plain: number;
  readonly adaptive: number;
} {
  const adders = gradients.layers.filter(({ adaptive }) => adaptive !== undefined);
  const spread = (norms: readonly number[]) =>
    norms.length === 0 ? 1 : Math.max(...norms) / Math.min(...norms);
  return {
    plain: spread(adders.map(({ norm }) => norm)),
    adaptive: spread(adders.map(({ adaptive }) => adaptive!.norm)),
  };
}
