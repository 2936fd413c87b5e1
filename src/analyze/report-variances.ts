import { htmlTable } from '../report/html-table.ts';
import { element, type Markup } from '../report/svg/markup.ts';
import { scatterChart } from '../report/svg/scatter-chart.ts';
import { COLOURS } from './colours.ts';
import type { Analysis, LayerVariance, NetworkAnalysis } from './types.ts';

/** Predicted and measured variances of the layers' outputs. */
export function varianceSection({ network, twin }: Analysis): Markup {
  const networks = [
    { analysis: network, colour: COLOURS.network },
    ...(twin === undefined ? [] : [{ analysis: twin, colour: COLOURS.twin }]),
  ];
  return element(
    'section',
    {},
    element('h2', {}, 'Variance of the outputs: eq 7 and eq 8 against measured'),
    element(
      'p',
      {},
      'Eq 7 (products): d² cin Var[X] Var[F]. Eq 8 (absolute differences): (1 - 2/pi) d² cin (Var[X] + Var[F]). Both assume that inputs and weights are independent, normal and of mean zero, for a weight as random as the input. The "measured" variance is that of all outputs of a layer together; "within channels" (hollow points) is the mean variance of a channel, which batch normalization divides by; the rest lies between the means of the channels.',
    ),
    element(
      'p',
      {},
      'Where real layers break the assumptions: an input behind a rectifier is never negative, so its mean is not zero, and the "mean X" column says how far it is off in deviations; neighbouring pixels and channels are correlated, so sums vary more than as many independent terms; padded taps are zeros; weights of a channel are constants, not new draws for each output: where |F| is larger than every |X|, |X - F| is |F| plus or minus X, and the variance of F shows only between channels, in their means. The adder layer\'s large variance is therefore mostly in the channel means that batch normalization subtracts. The column "given weights" takes the weights as constants and the inputs as independent: terms Var[X] E[F²] for products, and at most terms Var[X] for absolute differences, since |X - F| varies no more than X.',
    ),
    scatterChart({
      title: 'Variance of each layer: predicted and measured',
      xLabel: 'predicted by eq 7 or 8',
      yLabel: 'measured',
      series: networks.flatMap(({ analysis, colour }) => [
        points(analysis, { colour, hollow: false }),
        points(analysis, { colour, hollow: true }),
      ]),
    }),
    networks.map(({ analysis }) => [
      element('h3', {}, analysis.name),
      htmlTable(
        [
          'layer',
          'kind',
          'terms',
          'mean X / dev X',
          'Var X',
          'mean F / dev F',
          'Var F',
          'predicted',
          'measured',
          'measured / predicted',
          'within channels',
          'given weights',
          'within / given',
        ],
        analysis.variances.map((row) => [
          row.layer,
          row.kind,
          row.terms,
          relativeMean(row.input),
          row.input.variance,
          relativeMean(row.weight),
          row.weight.variance,
          row.predicted,
          row.measured,
          ratio(row.measured, row.predicted),
          row.withinChannels,
          row.givenWeights,
          ratio(row.withinChannels, row.givenWeights),
        ]),
      ),
    ]),
  );
}

function points(
  { name, variances }: NetworkAnalysis,
  { colour, hollow }: { readonly colour: string; readonly hollow: boolean },
) {
  const value = (row: LayerVariance) => (hollow ? row.withinChannels : row.measured);
  return {
    name: hollow ? `${name}, within channels` : `${name}, all outputs`,
    colour,
    points: variances.map((row) => ({ name: row.layer, x: row.predicted, y: value(row) })),
    ...(hollow ? { hollow, dashed: true as const } : {}),
  };
}

const relativeMean = ({ mean, variance }: { readonly mean: number; readonly variance: number }) =>
  ratio(mean, Math.sqrt(variance));

const ratio = (value: number, by: number): number | undefined => (by > 0 ? value / by : undefined);
