/**
 * @file Small arrays make the sums of |act - weight|, with two tiles as close as the walker lets them.
 *
 * Bounded, and complete all the same: an array remembers activations for its latency and weights for one tile.
 */
import { expect, test } from 'vitest';
import { completeConfig, type HardwareConfig } from '../../generator/config.ts';
import { arraySteps, elementLead, sharesActSum } from '../../generator/element.ts';
import { type ArrayWidths, arrayDesign } from '../../generator/emit/array-design.ts';
import { loadGap } from '../../generator/plan/cycles.ts';
import { prove } from '../../sim/proofs/prove.ts';
import { proofTimeout, provesAll } from './how-much.ts';

type Choice = Partial<HardwareConfig>;

const narrow: ArrayWidths = { actWidth: 2, weightWidth: 2 };
const wide: ArrayWidths = { actWidth: 3, weightWidth: 3 };
const off = {
  shadowWeights: false,
  registeredDifference: true,
  complementedWeights: false,
  vectorRows: 1,
  actSpan: 1,
};

const quick: readonly [string, Choice, ArrayWidths][] = [
  ['signed', { ...off, element: 'signed' }, narrow],
  ['signed, shadow', { ...off, element: 'signed', shadowWeights: true, actSpan: 2 }, narrow],
  ['one-sided, complemented', { ...off, element: 'one-sided', complementedWeights: true }, narrow],
  ['maximum', { ...off, element: 'maximum' }, narrow],
  ['maximum, vector', { ...off, element: 'maximum', vectorRows: 2 }, narrow],
];

const slow: readonly [string, Choice, ArrayWidths][] = [
  ...quick.map(([name, choice]): [string, Choice, ArrayWidths] => [`${name}, wide`, choice, wide]),
  ['one-sided, vector', { ...off, element: 'one-sided', vectorRows: 2 }, narrow],
  ['one-sided, direct', { ...off, element: 'one-sided', registeredDifference: false }, narrow],
  [
    'maximum, shadow, span',
    { ...off, element: 'maximum', shadowWeights: true, actSpan: 2 },
    narrow,
  ],
  ['maximum, complemented', { ...off, element: 'maximum', complementedWeights: true }, narrow],
  ['signed, finer weights', { ...off, element: 'signed' }, { actWidth: 2, weightWidth: 3 }],
  ['signed, coarser weights', { ...off, element: 'signed' }, { actWidth: 3, weightWidth: 2 }],
];

function arrayProof(choice: Choice, widths: ArrayWidths, gapTooSmallBy = 0) {
  const config = completeConfig({ rows: 2, cols: 2, ...choice });
  const { groups } = arraySteps(config);
  const gap = loadGap(config) - gapTooSmallBy;
  const latency = groups + elementLead(config) + (sharesActSum(config) ? 1 : 0);
  const proof = {
    name: 'array',
    harness: 'array',
    parameters: {
      Rows: config.rows,
      Cols: config.cols,
      Terms: config.vectorRows,
      Span: config.actSpan,
      ActWidth: widths.actWidth,
      WeightWidth: widths.weightWidth,
      Shadow: Number(config.shadowWeights),
      Complemented: Number(config.complementedWeights),
      AddsWeights: Number(sharesActSum(config)),
      Gap: gap,
      Latency: latency,
    },
    method: 'bounded',
    // Both tiles' swaps, and a beat after each of them all the way through.
    steps: gap + latency + 6,
  } as const;
  return { proof, sources: arrayDesign(config, widths) };
}

test.each(provesAll ? [...quick, ...slow] : quick)(
  'array %s makes the sums',
  async (_, choice, widths) => {
    const { proof, sources } = arrayProof(choice, widths);
    expect(await prove(proof, sources)).toEqual({ verdict: 'proven' });
  },
  proofTimeout,
);

test(
  'prove() refutes an array whose second row of weights comes late',
  async () => {
    const { proof, sources } = arrayProof({ ...off, element: 'signed' }, narrow);
    const late = sources.map(({ path, text }) => ({
      path,
      text: text.replace('load_i[g] : swap[g+S]', 'load_i[g] : swap[S]'),
    }));
    expect(late).not.toEqual(sources);
    expect(await prove(proof, late)).toMatchObject({ verdict: 'refuted' });
  },
  proofTimeout,
);
