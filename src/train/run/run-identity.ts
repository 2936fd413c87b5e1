/**
 * @file What makes a training run the one it is: whoever resumes it must ask for the same.
 */
import { createHash } from 'node:crypto';
import type { Issue } from '../../issues.ts';
import { quote } from '../../model/names.ts';
import type { LabelledImages } from '../data/training-set.ts';
import type { TrainSettings } from '../types.ts';

/** Everything that decides a run's result, by the name under which a user knows it. */
export type RunIdentity = Readonly<Record<string, string | number | boolean>>;

/** What a run is beside its settings. */
export interface RunDescription {
  readonly recipe: string;
  /** Name of the network: that of the recipe's architecture, or of its convolution twin. */
  readonly network: string;
  /** Where the first weights come from: `random`, or the digest of a model. */
  readonly start: string;
  /** Digest of the network that is learnt from, or `none`. */
  readonly teacher: string;
  readonly backend: string;
  /** Fake quantization, 0 for none. */
  readonly quantize: number;
  readonly settings: TrainSettings;
  readonly training: LabelledImages;
}

/** Describe a run by plain values. */
export function identityOf({ settings, training, ...run }: RunDescription): RunIdentity {
  const { localRate, augmentation, weightGradient, weightDecay, ...numbers } = settings;
  return {
    ...run,
    ...numbers,
    'weight-decay': weightDecay,
    'weight-gradient': weightGradient,
    'local-rate': localRate.kind,
    [localRate.kind === 'adaptive' ? 'eta' : 'increase']:
      localRate.kind === 'adaptive' ? localRate.eta : localRate.factor,
    shift: augmentation.shift,
    flip: augmentation.flip,
    images: training.count,
    'images-sha256': digestImages(training),
  };
}

function digestImages({ images, labels }: LabelledImages): string {
  return createHash('sha256').update(images).update(labels).digest('hex');
}

/** One issue for each value in which a resumed run differs from the saved one. */
export function compareIdentities(saved: RunIdentity, asked: RunIdentity): Issue[] {
  const names = [...new Set([...Object.keys(saved), ...Object.keys(asked)])].sort();
  const text = (value: RunIdentity[string] | undefined) =>
    value === undefined ? 'not set' : typeof value === 'string' ? quote(value) : String(value);
  return names
    .filter((name) => saved[name] !== asked[name])
    .map((name) => ({
      problem: `Cannot resume the training: ${quote(name)} was ${text(saved[name])}, now it is ${text(asked[name])}`,
      remedy: 'Resume with the flags and images that the run began with, or begin another run',
    }));
}
