import { initializers } from '@tensorflow/tfjs-layers';
import type { WeightGradient } from '../types.ts';
import {
  type Initializer,
  type LayerConfig,
  openInitializer,
  positiveNumber,
  type SavedInitializer,
  type Setting,
  wholeNumber,
} from './layer-config.ts';
import type { WeightGrid } from './round-to-grid.ts';

/** Settings that both adder layers take. */
export interface AdderConfig extends LayerConfig {
  /** Eq 5 (`full`, default) or its sign, eq 4. */
  readonly weightGradient?: WeightGradient;
  /** Default: normal, mean 0, standard deviation 1, as in the public AdderNet code. */
  readonly kernelInitializer?: Initializer | SavedInitializer;
  /** Fake quantization: the forward pass sees weights rounded as `roundWithinGrid` does it. */
  readonly weightGrid?: WeightGrid;
}

/** The settings with their defaults, as a layer keeps them. */
export function adderSettings({
  weightGradient = 'full',
  kernelInitializer,
  weightGrid,
}: AdderConfig) {
  return {
    weightGradient,
    kernelInitializer: openInitializer(
      kernelInitializer ?? initializers.randomNormal({ mean: 0, stddev: 1 }),
    ),
    ...(weightGrid && { weightGrid: { ...weightGrid } }),
  };
}

/** What has to hold for the grid of an adder layer's weights, if there is one. */
export function weightGridSettings(grid: WeightGrid | undefined): readonly Setting[] {
  if (grid === undefined) return [];
  const { scale, low, levels } = grid;
  return [
    positiveNumber('weightGrid.scale', scale),
    { name: 'weightGrid.low', value: low, isSound: Number.isFinite(low), rule: 'a number' },
    wholeNumber('weightGrid.levels', levels, 2),
  ];
}
