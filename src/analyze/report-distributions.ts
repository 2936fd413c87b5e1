import { type Cell, htmlTable } from '../report/html-table.ts';
import { element, type Markup } from '../report/svg/markup.ts';
import { COLOURS } from './colours.ts';
import { histogramChart } from './histogram-chart.ts';
import { describeWeights, laplaceAdvantage } from './summarize.ts';
import type { Analysis, LayerDistributions, NetworkAnalysis } from './types.ts';

const VALUES = ['weights', 'sums', 'features'] as const;

/** Histograms of each layer with both fitted laws, and the table that says which law wins. */
export function distributionSection({ network, twin }: Analysis): Markup {
  const twins = new Map(twin?.distributions.map((layer) => [layer.layer, layer]));
  return element(
    'section',
    {},
    element('h2', {}, 'Distributions: Laplace against normal'),
    element(
      'p',
      {},
      'Bars are densities between the 0.1 % and 99.9 % quantile; lines are the most likely Laplace (solid) and normal (dashed) distribution, with the mean log-likelihood of a value in nats: the larger number fits better. "Sums" are the outputs of a layer with each channel brought to mean 0 and deviation 1; "features" is what its batch normalization gives. The table has the Laplace likelihood less the normal one: above zero, Laplace fits better.',
    ),
    element(
      'p',
      {},
      `${describeWeights(network)}${twin === undefined ? '' : `; ${describeWeights(twin)}`}.`,
    ),
    advantageTable(network, twins),
    network.distributions.map((layer) => [
      element('h3', {}, layer.layer),
      element(
        'div',
        { class: 'charts' },
        charts(layer, COLOURS.network, ''),
        twins.has(layer.layer) ? charts(twins.get(layer.layer)!, COLOURS.twin, ', twin') : [],
      ),
    ]),
  );
}

function advantageTable(
  network: NetworkAnalysis,
  twins: ReadonlyMap<string, LayerDistributions>,
): Markup {
  const columns = (layer: LayerDistributions | undefined): Cell[] => [
    ...VALUES.map((values) => laplaceAdvantage(layer?.[values])),
    layer?.weights.deviation,
    layer?.weights.excessKurtosis,
  ];
  const names = [...VALUES, 'weight deviation', 'weight excess kurtosis'];
  const header = ['layer', 'kind', ...names];
  if (twins.size > 0) header.push(...names.map((name) => `twin: ${name}`));
  return htmlTable(
    header,
    network.distributions.map((layer) => [
      layer.layer,
      layer.kind,
      ...columns(layer),
      ...(twins.size > 0 ? columns(twins.get(layer.layer)) : []),
    ]),
  );
}

function charts(layer: LayerDistributions, colour: string, suffix: string): readonly Markup[] {
  return VALUES.flatMap((values) => {
    const distribution = layer[values];
    if (distribution === undefined) return [];
    return histogramChart({ title: `${layer.layer}: ${values}${suffix}`, colour, distribution });
  });
}
