import { emitDesign } from '../../generator/emit/emit.ts';
import { planDesign } from '../../generator/plan/plan.ts';
import type { ProofSource } from '../../sim/proofs/prove.ts';
import { tinyModel } from '../generator/tiny-model.ts';

/** Modules of a small design; what a proof wants otherwise it gives as parameters. */
export function tinySources(modules: readonly string[]): readonly ProofSource[] {
  const identity = {
    designName: 'tiny',
    generator: 'adderforge',
    version: '0.0.0',
    modelHash: '0',
  };
  return emitDesign(planDesign(tinyModel, { rows: 2, cols: 2 }), identity).filter(({ path }) =>
    modules.some((module) => path === `${module}.sv`),
  );
}
