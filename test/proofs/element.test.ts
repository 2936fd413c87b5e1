/**
 * @file Every variant of the processing element adds |act - weight| to its sum, for all inputs and for ever.
 *
 * ADDERFORGE_PROVE=all takes all combinations and wider operands; without it, each choice is seen in each form.
 */
import { expect, test } from 'vitest';
import { completeConfig, type HardwareConfig } from '../../generator/config.ts';
import { type ElementForm, elementForms, elementLead } from '../../generator/element.ts';
import { type ArrayWidths, arrayDesign } from '../../generator/emit/array-design.ts';
import { elementModules } from '../../generator/emit/element-view.ts';
import { prove } from '../../sim/proofs/prove.ts';
import { proofTimeout, provesAll } from './how-much.ts';
import { mutate } from './mutate.ts';

interface Variant extends ArrayWidths {
  readonly element: ElementForm;
  readonly vectorRows: number;
  readonly shadowWeights: boolean;
  readonly registeredDifference: boolean;
  readonly complementedWeights: boolean;
}

const flags = [false, true];
const everyWidth = [
  { actWidth: 3, weightWidth: 3 },
  { actWidth: 2, weightWidth: 3 },
  { actWidth: 3, weightWidth: 2 },
  { actWidth: 4, weightWidth: 4 },
];

/** Vectors of more terms have narrower operands: the solver looks at all of them at once. */
const all: readonly Variant[] = elementForms.flatMap((element) =>
  [1, 2, 4].flatMap((vectorRows) =>
    flags.flatMap((shadowWeights) =>
      flags.flatMap((registeredDifference) =>
        flags.flatMap((complementedWeights) =>
          (vectorRows === 4 ? [{ actWidth: 2, weightWidth: 2 }] : everyWidth).map((widths) => ({
            element,
            vectorRows,
            shadowWeights,
            registeredDifference,
            complementedWeights,
            ...widths,
          })),
        ),
      ),
    ),
  ),
);

/** A third of the narrow ones: neighbours in the list differ in one choice, so all choices remain. */
const some = all.filter(
  ({ vectorRows, actWidth, weightWidth }, index) =>
    vectorRows < 4 && Math.max(actWidth, weightWidth) === 3 && index % 5 === 0,
);

function elementProof(variant: Variant) {
  const { vectorRows, actWidth, weightWidth, ...choices } = variant;
  const config: HardwareConfig = completeConfig({
    ...choices,
    rows: vectorRows,
    cols: 1,
    vectorRows,
    actSpan: 1,
  });
  const [module] = elementModules(config);
  const sources = arrayDesign(config, { actWidth, weightWidth }).filter(({ path }) =>
    [`${module}.sv`, 'an_operands.sv'].includes(path),
  );
  const proof = {
    name: `${Object.values(variant).join(' ')}`,
    harness: 'element',
    parameters: {
      ActWidth: actWidth,
      WeightWidth: weightWidth,
      Terms: vectorRows,
      Shadow: Number(config.shadowWeights),
      Registered: Number(config.registeredDifference),
      Complemented: Number(config.complementedWeights),
      Form: elementForms.indexOf(config.element),
      Lead: elementLead(config),
    },
    defines: { ELEMENT: module },
    looksAt: {
      dut_weights: 'dut.u_operands.weights_q',
      ...(config.shadowWeights ? { dut_shadow: 'dut.u_operands.gen_shadow.shadow_q' } : {}),
    },
    method: 'induction',
    steps: 8,
  } as const;
  return { proof, sources };
}

test.each(
  (provesAll ? all : some).map((variant) => [elementProof(variant).proof.name, variant] as const),
)(
  'element %s adds |act - weight|',
  async (_, variant) => {
    const { proof, sources } = elementProof(variant);
    expect(await prove(proof, sources)).toEqual({ verdict: 'proven' });
  },
  proofTimeout,
);

const plain = {
  vectorRows: 1,
  shadowWeights: false,
  registeredDifference: true,
  complementedWeights: false,
  actWidth: 3,
  weightWidth: 3,
};

test.each([
  ['signed', 'without the carry-in of a negation', '~negative[t]}', "1'b1}"],
  ['signed', 'with an activation that is not inverted', '^ {OperandWidth{negative[t]}}', ''],
  ['one-sided', 'that keeps the wrong side', 'if (wrong_side)', "if (1'b0)"],
  [
    'maximum',
    'that prefers the smaller',
    'weights[t*OperandWidth +: OperandWidth]\n                       > acts',
    'weights[t*OperandWidth +: OperandWidth]\n                       < acts',
  ],
  [
    'maximum',
    'that chooses among the weights of two tiles',
    'assign late_weights = late_weights_q;',
    'assign late_weights = weights;',
  ],
] as const)(
  'prove() refutes a %s element %s',
  async (element, _, from, to) => {
    const { proof, sources } = elementProof({ ...plain, element });
    const result = await prove(proof, mutate(sources, from, to));
    expect(result).toMatchObject({ verdict: 'refuted' });
    expect(result.verdict === 'refuted' && result.counterexample).toContain('acts_i');
  },
  proofTimeout,
);
