/**
 * @file What a training starts from: random weights, or those of a model.
 */
import { openFloatModel } from '../flow/open-model.ts';
import { fail, type Issue } from '../issues.ts';
import { findArchitecture } from '../model/architectures/registry.ts';
import { elementCount } from '../model/element-count.ts';
import { inferShapes } from '../model/infer-shapes.ts';
import { modelDigest } from '../model/store.ts';
import type { FloatModel } from '../model/types.ts';
import { initialModel } from '../train/network/initial-model.ts';
import { twinOf } from '../train/network/twin.ts';
import type { Recipe } from '../train/recipes.ts';
import type { TrainSettings } from '../train/types.ts';
import type { TrainOptions } from './train-options.ts';

/** A network with its first weights. */
export interface TrainStart {
  readonly model: FloatModel;
  /** `random`, or the digest of the model that the weights are from. */
  readonly start: string;
  /** The network to learn from, where one is asked for, and its digest. */
  readonly teacher?: { readonly model: FloatModel; readonly digest: string };
}

/** Contradictions between the flags. */
export function checkStart({ from, twin, quantize, distill, teacher }: TrainOptions): Issue[] {
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
  if (
    teacher !== undefined &&
    (distill === 0 || (distill === undefined && quantize === undefined))
  ) {
    issues.push({
      problem: 'Cannot use "--teacher": nothing is learnt from it, the share of --distill is 0',
      remedy: 'Give --distill a share above 0, or leave out --teacher',
    });
  }
  return issues;
}

/** Make or read the network that a recipe trains. */
export async function openStart(
  { name }: Recipe,
  { from, twin, teacher = from }: TrainOptions,
  { seed, distill }: TrainSettings,
): Promise<TrainStart> {
  const architecture = findArchitecture(name);
  if (from === undefined) {
    return {
      model: initialModel(twin ? twinOf(architecture) : architecture, seed),
      start: 'random',
    };
  }
  const model = await openFloatModel(from);
  const digest = await modelDigest(from);
  if (model.arch !== name && model.arch !== twinOf(architecture).name) {
    fail(
      `Cannot train "${from}" by recipe "${name}": it is a network of the architecture "${model.arch}"`,
      `Name a model of ${name}, or the recipe of that network`,
    );
  }
  if (distill === 0) return { model, start: digest };
  return { model, start: digest, teacher: await openTeacher(teacher!, model) };
}

async function openTeacher(path: string, student: FloatModel) {
  const model = await openFloatModel(path);
  if (model.rounding !== undefined) {
    fail(
      `Cannot learn from "${path}": it was fine-tuned for few bits, as a float network it is of little use`,
      'Name the float network that it came from with --teacher, or leave --distill at 0',
    );
  }
  const [own, wanted] = [model, student].map(sizesOf);
  if (own !== wanted) {
    fail(
      `Cannot learn from "${path}": it turns ${own}, the network under training ${wanted}`,
      'Name a network for the same images and classes with --teacher',
    );
  }
  return { model, digest: await modelDigest(path) };
}

/** `32 x 32 x 3 into 10`, and what images are before they enter. */
function sizesOf(model: FloatModel): string {
  const { inputShape, normalization, nodes } = model;
  const outputs = elementCount(inferShapes(model).get(nodes.at(-1)!.name)!);
  const { mean, std } = normalization;
  return `${inputShape.join(' x ')} (mean ${mean.join(', ')}, std ${std.join(', ')}) into ${outputs}`;
}
