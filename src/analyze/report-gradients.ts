import { htmlTable } from '../report/html-table.ts';
import { barChart } from '../report/svg/bar-chart.ts';
import { element, type Markup } from '../report/svg/markup.ts';
import { COLOURS } from './colours.ts';
import { describeGradients, gradientPerWeight } from './summarize.ts';
import type { Analysis } from './types.ts';

/** Norms of the weight gradients, layer by layer, without and with the adaptive rate. */
export function gradientSection({ network, twin, eta }: Analysis): Markup {
  const twins = new Map(twin?.gradients.layers.map((layer) => [layer.layer, layer]));
  const series = [
    { name: `${network.name}: gradient`, colour: COLOURS.network },
    { name: `with the adaptive rate, eta ${eta}`, colour: COLOURS.adjusted },
    ...(twin === undefined ? [] : [{ name: `${twin.name}: gradient`, colour: COLOURS.twin }]),
  ];
  return element(
    'section',
    {},
    element('h2', {}, 'Weight gradients and the adaptive learning rate'),
    element(
      'p',
      {},
      `Euclidean norm of the loss's gradient (adder layers: eq 5) by each layer's weights, on one batch of ${network.gradients.images} training images with its own batch statistics; loss ${network.gradients.loss.toFixed(4)}. The adaptive rate multiplies an adder layer's gradient by alpha = eta sqrt(k) / norm (eq 11), which makes its norm eta sqrt(k): the gradient of a weight is then eta in the root mean square, in every layer. ${describeGradients(network)}${twin === undefined ? '' : `; ${describeGradients(twin)}`}.`,
    ),
    barChart({
      title: 'Norm of the weight gradient',
      label: 'norm',
      series,
      groups: network.gradients.layers.map(({ layer, norm, adaptive }) => ({
        name: layer,
        values: [norm, adaptive?.norm, twins.get(layer)?.norm],
      })),
    }),
    htmlTable(
      [
        'layer',
        'kind',
        'weights k',
        'norm',
        'norm / sqrt(k)',
        'alpha',
        'norm, adaptive',
        ...(twin === undefined ? [] : ['twin: norm', 'twin / network']),
      ],
      network.gradients.layers.map((row) => {
        const { layer, kind, weights, norm, adaptive } = row;
        const other = twins.get(layer)?.norm;
        return [
          layer,
          kind,
          weights,
          norm,
          gradientPerWeight(row),
          adaptive?.alpha,
          adaptive?.norm,
          ...(twin === undefined ? [] : [other, other && other / norm]),
        ];
      }),
    ),
  );
}
