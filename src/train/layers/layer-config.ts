/**
 * @file What our layers share: the type of their settings, and how those are checked and saved.
 */
import { serialization } from '@tensorflow/tfjs-core';
import type { initializers, layers } from '@tensorflow/tfjs-layers';
import { type Issue, throwIfAny } from '../../issues.ts';
import type { Grid } from './round-to-grid.ts';

/** Settings that every layer of TensorFlow.js takes: `name`, `inputShape`, `trainable`. */
export type LayerConfig = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;

/** How weights start. */
export type Initializer = ReturnType<typeof initializers.zeros>;

/** An initializer as a saved model names it. */
export interface SavedInitializer {
  readonly className: string;
  readonly config: serialization.ConfigDict;
}

/** One setting and what it may be. */
export interface Setting {
  readonly name: string;
  readonly value: unknown;
  readonly isSound: boolean;
  /** Completes "Use ...". */
  readonly rule: string;
}

/** A whole number of at least `least`. */
export function wholeNumber(name: string, value: unknown, least: number): Setting {
  const isSound = Number.isSafeInteger(value) && (value as number) >= least;
  return { name, value, isSound, rule: `a whole number of at least ${least}` };
}

/** A finite number above zero. */
export function positiveNumber(name: string, value: unknown): Setting {
  const isSound = Number.isFinite(value) && (value as number) > 0;
  return { name, value, isSound, rule: 'a number above 0' };
}

/** What has to hold for a grid. */
export function gridSettings(
  name: string,
  { scale, low, high, shift = 0 }: Grid,
): readonly Setting[] {
  return [
    positiveNumber(`${name}.scale`, scale),
    wholeNumber(`${name}.shift`, shift, 0),
    {
      name: `${name}.range`,
      value: [low, high],
      isSound: Number.isSafeInteger(low) && Number.isSafeInteger(high) && low < high,
      rule: 'whole numbers low < high',
    },
  ];
}

/** Throw a `DesignError` that names every setting that is not sound. */
export function checkSettings(className: string, settings: readonly Setting[]): void {
  const issues = settings
    .filter(({ isSound }) => !isSound)
    .map(
      ({ name, value, rule }): Issue => ({
        problem: `Cannot make a layer ${className}: its ${name} is ${JSON.stringify(value)}`,
        remedy: `Use ${rule}`,
      }),
    );
  throwIfAny(issues);
}

/** Name an initializer in a layer's configuration. */
export function saveInitializer(initializer: Initializer): SavedInitializer {
  return { className: initializer.getClassName(), config: initializer.getConfig() };
}

/** The initializer that a setting means: itself, or one of TensorFlow.js's by its saved name. */
export function openInitializer(setting: Initializer | SavedInitializer): Initializer {
  if (!('className' in setting)) return setting;
  const known = serialization.SerializationMap.getMap().classNameMap;
  const entry = Object.hasOwn(known, setting.className) ? known[setting.className] : undefined;
  const issue = {
    name: 'kernelInitializer',
    value: setting.className,
    isSound: entry !== undefined,
    rule: 'one of the initializers of TensorFlow.js, or register your own',
  };
  checkSettings('with weights', [issue]);
  const [create, fromConfig] = entry!;
  return fromConfig(create, setting.config) as Initializer;
}
