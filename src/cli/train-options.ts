/**
 * @file The flags of `adderforge train`, and the settings that they and the recipe make together.
 */
import type { Command } from 'commander';
import type { Issue } from '../issues.ts';
import type { BackendName } from '../train/backend.ts';
import { type TrainingSource, trainingSources } from '../train/data/open-training-data.ts';
import { DEFAULT_ETA, DEFAULT_INCREASE, type Recipe } from '../train/recipes.ts';
import { backendNames } from '../train/run/backend-names.ts';
import type { LocalRate, TrainSettings, WeightGradient } from '../train/types.ts';
import type { FlagReader } from './flags.ts';
import type { CommonOptions } from './run-command.ts';

/** What the command line says; what is absent is the recipe's to say. */
export interface TrainOptions extends CommonOptions {
  readonly output: string;
  readonly dataset?: TrainingSource;
  readonly data?: string;
  readonly limit?: number;
  readonly epochs?: number;
  readonly batch?: number;
  readonly shard?: number;
  readonly rate?: number;
  readonly optimizer?: TrainSettings['optimizer'];
  readonly affineRate?: number;
  readonly schedule?: 'epoch' | 'step';
  readonly weightGradient?: WeightGradient;
  readonly localRate?: LocalRate['kind'];
  readonly eta?: number;
  readonly increase?: number;
  readonly seed?: number;
  readonly threads?: number;
  readonly backend?: BackendName;
  readonly from?: string;
  readonly twin?: boolean;
  readonly quantize?: number;
  readonly distill?: number;
  readonly teacher?: string;
  readonly resume?: boolean;
  readonly evaluate: boolean;
  readonly evaluateEvery?: number;
}

/** Add the flags. */
export function withTrainOptions(command: Command, flags: FlagReader): Command {
  const { integer, number, choice } = flags;
  const count = { min: 1, max: 100_000_000 };
  return command
    .requiredOption('-o, --output <folder>', 'model folder to write')
    .option(
      '--dataset <name>',
      `images: ${trainingSources.join(', ')} (default: the recipe's; idx and cifar-binary: your own files in --data)`,
      choice('--dataset', trainingSources),
    )
    .option('--data <folder>', 'folder of data sets (default: $ADDERFORGE_DATA, else ./data)')
    .option('--limit <n>', 'only the first training images', integer('--limit', count))
    .option(
      '--epochs <n>',
      'times through all images',
      integer('--epochs', { min: 1, max: 10_000 }),
    )
    .option('--batch <n>', 'images a step', integer('--batch', { min: 1, max: 65_536 }))
    .option(
      '--shard <n>',
      'images that share a batch normalization; a batch has batch / shard of them',
      integer('--shard', { min: 1, max: 65_536 }),
    )
    .option(
      '--rate <x>',
      "learning rate at the start (default: the recipe's; with --from a thousandth of it)",
      number('--rate', { min: 0, max: 1000 }),
    )
    .option(
      '--optimizer <kind>',
      'sgd (with momentum, weight decay and local rate) or adam (default: sgd; with --quantize adam)',
      choice('--optimizer', ['sgd', 'adam']),
    )
    .option(
      '--affine-rate <x>',
      "of adam: rate of everything else as a multiple of the adder weights' (default: 1; with --quantize 3)",
      number('--affine-rate', { min: 0, max: 1000 }),
    )
    .option(
      '--schedule <kind>',
      'the rate falls as a cosine from epoch to epoch, or from step to step (default: epoch; with --from step)',
      choice('--schedule', ['epoch', 'step']),
    )
    .option(
      '--weight-gradient <kind>',
      'gradient of adder weights: full (eq 5) or sign (eq 4; default with --quantize)',
      choice('--weight-gradient', ['full', 'sign']),
    )
    .option(
      '--local-rate <kind>',
      'learning rate of adder layers: adaptive (eq 11) or increased',
      choice('--local-rate', ['adaptive', 'increased']),
    )
    .option('--eta <x>', 'eta of the adaptive local rate', number('--eta', { min: 0, max: 1000 }))
    .option(
      '--increase <x>',
      `factor of the increased local rate (default: ${DEFAULT_INCREASE})`,
      number('--increase', { min: 0, max: 1e9 }),
    )
    .option(
      '--seed <n>',
      'of first weights, order and variation of images',
      integer('--seed', { min: 0, max: 2 ** 31 - 1 }),
    )
    .option(
      '--threads <n>',
      'worker threads (default: all cores); the result does not depend on them',
      integer('--threads', { min: 1, max: 256 }),
    )
    .option(
      '--backend <name>',
      `of TensorFlow.js: ${backendNames.join(', ')} (default: tfjs-node where it is installed, else wasm)`,
      choice('--backend', backendNames),
    )
    .option('--from <model>', 'start from the weights of this model (fine-tuning)')
    .option('--twin', 'train the convolution twin: every adder layer multiplies')
    .option(
      '--quantize <bits>',
      'compute as the integer network of so many bits while training; needs --from',
      integer('--quantize', { min: 2, max: 8 }),
    )
    .option(
      '--distill <share>',
      "share of the loss, 0 to 1, that is the divergence from the teacher; the rest is the labels' (default: 0; with --quantize 1)",
      number('--distill', { min: 0, max: 1 }),
    )
    .option('--teacher <model>', 'the float network to learn from (default: the model of --from)')
    .option('--resume', 'go on with an interrupted run of this output')
    .option('--no-evaluate', 'do not report accuracy on test images')
    .option(
      '--evaluate-every <n>',
      'report accuracy on test images after every so many epochs (default: 1)',
      integer('--evaluate-every', count),
    );
}

/** The recipe's settings, with what the flags say instead; pushes what contradicts itself to `issues`. */
export function settingsOf(recipe: Recipe, options: TrainOptions, issues: Issue[]): TrainSettings {
  const { epochs, batch, shard, rate, optimizer, affineRate, schedule } = options;
  const { weightGradient, distill, seed, from } = options;
  const given = {
    ...{ epochs, batch, shard, rate, optimizer, affineRate, schedule },
    ...{ weightGradient, distill, seed },
  };
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  return {
    ...recipe.settings,
    ...(from !== undefined && fineTuning(recipe.settings, options.quantize !== undefined)),
    ...Object.fromEntries(said),
    localRate: localRateOf(recipe, options, issues),
  };
}

/**
 * Settings that fine-tuning has unless the flags say otherwise: the rate at which a recipe of 400 epochs ends its last
 * ten, falling from step to step, since from epoch to epoch it would stay at its start for most of a short run.
 */
function fineTuning({ rate, shard }: TrainSettings, isQuantized: boolean): Partial<TrainSettings> {
  const settings = { rate: rate / 1000, schedule: 'step' } as const;
  return isQuantized ? { ...settings, ...QUANTIZED, batch: 2 * shard } : settings;
}

/**
 * For few bits, chosen by the divergence from the float network on training images that were left out (docs/training.md).
 * In whole steps the sign is the gradient, of weights as of inputs.
 */
const QUANTIZED = {
  optimizer: 'adam',
  affineRate: 3,
  weightGradient: 'sign',
  distill: 1,
} as const;

function localRateOf(
  { settings: { localRate } }: Recipe,
  { localRate: asked, eta, increase }: TrainOptions,
  issues: Issue[],
): LocalRate {
  const kind = asked ?? localRate.kind;
  const [stray, home] = kind === 'adaptive' ? ['increase', 'increased'] : ['eta', 'adaptive'];
  if ((kind === 'adaptive' ? increase : eta) !== undefined) {
    issues.push({
      problem: `Cannot use "--${stray}": the local rate is ${kind}`,
      remedy: `Leave it out, or add --local-rate ${home}`,
    });
  }
  if (kind === 'increased') {
    const factor = localRate.kind === kind ? localRate.factor : DEFAULT_INCREASE;
    return { kind, factor: increase ?? factor };
  }
  return { kind, eta: eta ?? (localRate.kind === kind ? localRate.eta : DEFAULT_ETA) };
}
