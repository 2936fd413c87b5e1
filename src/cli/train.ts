import type { Command } from 'commander';
import { throwIfAny } from '../issues.ts';
import { openTrainingData } from '../train/data/open-training-data.ts';
import { prepareTuning } from '../train/network/prepare-tuning.ts';
import { findRecipe, recipeNames } from '../train/recipes.ts';
import { calibrationImages } from '../train/run/integer-of.ts';
import { trainModel } from '../train/run/train-model.ts';
import { logFile } from '../train/run/training-folder.ts';
import type { FlagReader } from './flags.ts';
import { type CommandContext, type Outcome, runCommand, withCommonOptions } from './run-command.ts';
import { hiddenTraining, showTraining } from './show-training.ts';
import { stopOnSignals } from './stop-on-signals.ts';
import { settingsOf, type TrainOptions, withTrainOptions } from './train-options.ts';
import { checkStart, openStart } from './train-start.ts';

/** Add `adderforge train <recipe>`. */
export function addTrainCommand(program: Command, flags: FlagReader): void {
  const command = program
    .command('train')
    .description('train an adder network from images: the algorithm of the paper')
    .argument('<recipe>', `network and settings: ${recipeNames.join(', ')}`);
  withTrainOptions(withCommonOptions(command), flags)
    .addHelpText(
      'after',
      `
A run keeps its state in <output>.training until it ends: Ctrl-C stops it after the running step, and the same
command with --resume goes on as if it had not been stopped. Its log stays as <output>.log.jsonl.

Examples:
  adderforge train tiny -o tiny.model
  adderforge train lenet5-bn --dataset mnist -o lenet.model
  adderforge train lenet5-bn --dataset mnist --twin -o lenet-cnn.model
  adderforge train lenet5-bn --dataset idx --data my-digits --epochs 10 -o mine.model
  adderforge train resnet20 --from resnet20.model --quantize 4 --epochs 2 -o tuned.model`,
    )
    .action((recipe: string, options: TrainOptions) =>
      runCommand({ options, flags }, (context) => train(recipe, options, context)),
    );
}

async function train(
  recipeName: string,
  options: TrainOptions,
  { during, note }: CommandContext,
): Promise<Outcome> {
  const recipe = findRecipe(recipeName);
  const issues = checkStart(options);
  const settings = settingsOf(recipe, options, issues);
  throwIfAny(issues);
  const { output, dataset = recipe.source, threads, backend, quantize = 0 } = options;
  const { model, start, teacher } = await openStart(recipe, options, settings);
  const data = await during('Reading images', () =>
    openTrainingData({
      source: dataset,
      root: options.data,
      limit: options.limit,
      shape: model.inputShape,
    }),
  );
  const tuned =
    quantize === 0
      ? { model, rounding: undefined }
      : await during('Measuring ranges', () =>
          prepareTuning({
            model,
            ...calibrationImages(data.training),
            actWidth: quantize,
            weightWidth: quantize,
            ...(threads === undefined ? {} : { threads }),
          }),
        );
  const shown = options.quiet ? hiddenTraining : showTraining();
  const stop = stopOnSignals(() => shown.tell('Stopping after this step'));
  try {
    const outcome = await trainModel({
      recipe: recipe.name,
      ...tuned,
      teacher,
      start,
      settings,
      data,
      output,
      resume: options.resume === true,
      threads,
      backend,
      quantize,
      evaluateEvery: options.evaluate ? (options.evaluateEvery ?? 1) : 0,
      signal: stop.signal,
      onStep: shown.onStep,
      onEpoch: shown.onEpoch,
    });
    shown.end();
    if (outcome.kind === 'stopped') {
      const { epochsDone, stepsDone } = outcome;
      note(
        `Interrupted after ${epochsDone} epochs and ${stepsDone} steps; saved. Add --resume to the command to go on`,
      );
      process.exit(stop.status());
    }
    const last = outcome.log.at(-1)!;
    const seconds = outcome.log.reduce((sum, entry) => sum + entry.seconds, 0);
    const { trainLoss, trainTop1, agreement, testTop1 } = last;
    const test = testTop1 === undefined ? '' : `, ${testTop1.toFixed(2)} % on test images`;
    return {
      json: {
        model: output,
        recipe: recipe.name,
        network: model.arch,
        dataset,
        trainingImages: data.training.count,
        epochs: settings.epochs,
        seed: settings.seed,
        trainLoss,
        trainTop1,
        ...(agreement === undefined ? {} : { agreement }),
        ...(testTop1 === undefined ? {} : { testTop1 }),
        seconds,
        log: logFile(output),
      },
      text: `${output}: ${model.arch}, ${settings.epochs} epochs in ${seconds.toFixed(0)} s, loss ${trainLoss.toFixed(4)}${test}; log in ${logFile(output)}`,
    };
  } finally {
    shown.end();
    stop.release();
  }
}
