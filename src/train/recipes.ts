/**
 * @file Recipes: an architecture, the images it is meant for, and settings that train it as published.
 */
import { fail } from '../issues.ts';
import { quote } from '../model/names.ts';
import type { TrainingSource } from './data/open-training-data.ts';
import type { TrainSettings } from './types.ts';

/** A way to train a network. */
export interface Recipe {
  /** Also the name of the architecture. */
  readonly name: string;
  /** Images that it trains on when the user names none. */
  readonly source: TrainingSource;
  readonly settings: TrainSettings;
}

/** Eta of the public AdderNet code. */
export const DEFAULT_ETA = 0.2;
/** Factor of the ablation's increased learning rate, when nothing else is said. */
export const DEFAULT_INCREASE = 100;

/** The public AdderNet code's settings. */
const published = {
  batch: 256,
  rate: 0.1,
  schedule: 'epoch',
  optimizer: 'sgd',
  affineRate: 1,
  momentum: 0.9,
  weightDecay: 5e-4,
  weightGradient: 'full',
  localRate: { kind: 'adaptive', eta: DEFAULT_ETA },
  distill: 0,
  seed: 1,
} as const;

const cifar: Omit<Recipe, 'name'> = {
  source: 'cifar10',
  settings: { ...published, epochs: 400, shard: 64, augmentation: { shift: 4, flip: true } },
};

const recipes: readonly Recipe[] = [
  {
    name: 'lenet5-bn',
    source: 'mnist',
    settings: { ...published, epochs: 50, shard: 128, augmentation: { shift: 2, flip: false } },
  },
  { name: 'resnet20', ...cifar },
  { name: 'resnet32', ...cifar },
  { name: 'vgg-small', ...cifar },
  {
    name: 'tiny',
    source: 'shapes',
    settings: {
      ...published,
      epochs: 8,
      batch: 64,
      shard: 32,
      augmentation: { shift: 1, flip: false },
    },
  },
];

/** Names that `findRecipe` knows. */
export const recipeNames: readonly string[] = recipes.map(({ name }) => name);

/** The recipe of this name; a `DesignError` lists the known ones. */
export function findRecipe(name: string): Recipe {
  const recipe = recipes.find((each) => each.name === name);
  if (recipe !== undefined) return recipe;
  return fail(
    `Cannot train by recipe ${quote(name)}: it is not known`,
    `Choose one of ${recipeNames.join(', ')}`,
  );
}
