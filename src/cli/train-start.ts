/**
 * @file What a training starts from: random weights, or those of a model.
 */
import { openFloatModel } from '../flow/open-model.ts';
import { fail, type Issue } from '../issues.ts';
import { findArchitecture } from '../model/architectures/registry.ts';
import { modelDigest } from '../model/store.ts';
import type { FloatModel } from '../model/types.ts';
import { initialModel } from '../train/network/initial-model.ts';
import { twinOf } from '../train/network/twin.ts';
import type { Recipe } from '../train/recipes.ts';
import type { TrainOptions } from './train-options.ts';

/** A network with its first weights. */
export interface TrainStart {
  readonly model: FloatModel;
  /** `random`, or the digest of the model that the weights are from. */
  readonly start: string;
}

/** Contradictions between the flags. */
export function checkStart({ from, twin, quantize, distill }: TrainOptions): Issue[] {
  const issues: Issue[] = [];
  if (from !== undefined && twin) {
    issues.push({
      problem: 'Cannot use "--twin" with "--from": the weights of adder layers are no filters',
      remedy: 'Train the twin from random weights, or name a twin with --from and leave out --twin',
    });
  }
  if (from === undefined && quantize !== undefined) {
    issues.push({
      problem: 'Cannot use "--quantize" without "--from": ranges are measured on a trained network',
      remedy: 'Train without it first, then fine-tune that model with --from',
    });
  }
  if (from === undefined && distill !== undefined) {
    issues.push({
      problem: 'Cannot use "--distill" without "--from": the network to learn from is named there',
      remedy: 'Name a trained model with --from, or leave out --distill',
    });
  }
  return issues;
}

/** Make or read the network that a recipe trains. */
export async function openStart(
  { name }: Recipe,
  { from, twin }: TrainOptions,
  seed: number,
): Promise<TrainStart> {
  const architecture = findArchitecture(name);
  if (from === undefined) {
    return {
      model: initialModel(twin ? twinOf(architecture) : architecture, seed),
      start: 'random',
    };
  }
  const model = await openFloatModel(from);
  if (model.arch !== name && model.arch !== twinOf(architecture).name) {
    fail(
      `Cannot train "${from}" by recipe "${name}": it is a network of the architecture "${model.arch}"`,
      `Name a model of ${name}, or the recipe of that network`,
    );
  }
  return { model, start: await modelDigest(from) };
}
