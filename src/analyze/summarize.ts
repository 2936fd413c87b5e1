import type {
  Distribution,
  LayerDistributions,
  LayerGradient,
  LayerKind,
  NetworkAnalysis,
} from './types.ts';

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

/** Root mean square of the gradient over a layer's weights. */
export function gradientPerWeight({ norm, weights }: LayerGradient): number {
  return norm / Math.sqrt(weights);
}

/** Smallest and largest gradient per weight over the layers of one kind; `undefined` where there is none. */
export function gradientRange(
  { gradients }: NetworkAnalysis,
  kind: LayerKind,
): { readonly least: number; readonly most: number } | undefined {
  const values = gradients.layers.filter((layer) => layer.kind === kind).map(gradientPerWeight);
  if (values.length === 0) return undefined;
  return { least: Math.min(...values), most: Math.max(...values) };
}

/** The range in words, for each kind of layer that there is. */
export function describeGradients(network: NetworkAnalysis): string {
  const parts = (['adder', 'product'] as const).flatMap((kind) => {
    const range = gradientRange(network, kind);
    if (range === undefined) return [];
    const noun = kind === 'adder' ? 'adder' : 'multiplying';
    const [least, most] = [range.least, range.most].map((value) => value.toPrecision(3));
    return [`${least} to ${most} in ${noun} layers`];
  });
  return `${network.name}: gradient of a weight (root mean square over the layer) ${parts.join(', ')}`;
}

/** How many layers of each kind have weights that Laplace's law explains better, in words. */
export function describeWeights(network: NetworkAnalysis): string {
  const parts = (['adder', 'product'] as const).flatMap((kind) => {
    const { layers, laplace } = countFits(network, 'weights', kind);
    const noun = kind === 'adder' ? 'adder' : 'multiplying';
    return layers === 0 ? [] : [`${laplace} of ${layers} ${noun} layers`];
  });
  return `${network.name}: Laplace explains the weights better than a normal distribution in ${parts.join(', ')}`;
}
