import { describe, expect, it } from 'vitest';
import { DesignError } from '../../../src/issues.ts';
import { checkTraining, type LabelledImages } from '../../../src/train/data/training-set.ts';
import { findRecipe } from '../../../src/train/recipes.ts';

const images = (labels: number[], shape: LabelledImages['shape']): LabelledImages => ({
  name: 'own images',
  shape,
  images: new Uint8Array(labels.length * shape[0] * shape[1] * shape[2]),
  labels: Uint8Array.from(labels),
  count: labels.length,
});

const network = { name: 'tiny', inputShape: [12, 12, 1], classes: 4 } as const;

describe('checkTraining()', () => {
  it('checkTraining() accepts what fits', () => {
    const training = images([0, 1, 2, 3], [12, 12, 1]);
    const settings = { ...findRecipe('tiny').settings, batch: 4, shard: 2 };
    expect(() => checkTraining({ training, test: training, network, settings })).not.toThrow();
  });

  it('checkTraining() names everything that does not fit at once', () => {
    const settings = { ...findRecipe('tiny').settings, batch: 8, shard: 3 };
    let message = '';
    try {
      checkTraining({
        training: images([0, 9, 4], [12, 10, 1]),
        test: images([0, 1, 4], [12, 12, 1]),
        network,
        settings,
      });
    } catch (error) {
      expect(error).toBeInstanceOf(DesignError);
      message = (error as Error).message;
    }
    expect(message.split('\n').filter((line) => !line.startsWith('  '))).toEqual([
      'Cannot use the training images of own images: they are 12 x 10 x 1, "tiny" reads 12 x 12 x 1',
      'Cannot use the training images of own images: image 1 has label 9, "tiny" knows the labels 0 to 3',
      'Cannot use the test images of own images: image 2 has label 4, "tiny" knows the labels 0 to 3',
      'Cannot train with batches of 8 images: they cannot be cut into shards of 3',
      'Cannot train on 3 images: a single batch takes 8',
    ]);
  });
});
