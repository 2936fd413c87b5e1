import type { serialization } from '@tensorflow/tfjs-core';
import { initializers } from '@tensorflow/tfjs-layers';
import type { WeightGradient } from '../types.ts';
import {
  gridSettings,
  type Initializer,
  type LayerConfig,
  openInitializer,
  positiveNumber,
  type SavedInitializer,
  type Setting,
  saveInitializer,
  wholeNumber,
} from './layer-config.ts';
import type { Operands } from './round-to-grid.ts';

/** Settings that both adder layers take. */
export interface AdderConfig extends LayerConfig {
  /** Eq 5 (`full`, default) or its sign, eq 4. */
  readonly weightGradient?: WeightGradient;
  /** Default: normal, mean 0, standard deviation 1, as in the public AdderNet code. */
  readonly kernelInitializer?: Initializer | SavedInitializer;
  /** Fake quantization: compute in whole steps of these grids. Outputs count such steps, not reals. */
  readonly operands?: Operands;
}

/** The settings with their defaults, as a layer keeps them. */
export function adderSettings({
  weightGradient = 'full',
  kernelInitializer,
  operands,
}: AdderConfig) {
  return {
    weightGradient,
    kernelInitializer: openInitializer(
      kernelInitializer ?? initializers.randomNormal({ mean: 0, stddev: 1 }),
    ),
    ...(operands && { operands: { ...operands } }),
  };
}

/** What has to hold for the operands of an adder layer, if they are given. */
export function operandSettings(operands: Operands | undefined): readonly Setting[] {
  if (operands === undefined) return [];
  const { map, weights, unit } = operands;
  return [
    positiveNumber('operands.unit', unit),
    ...gridSettings('operands.map', map),
    positiveNumber('operands.weights.scale', weights.scale),
    {
      name: 'operands.weights.low',
      value: weights.low,
      isSound: Number.isFinite(weights.low),
      rule: 'a number',
    },
    wholeNumber('operands.weights.levels', weights.levels, 2),
  ];
}

/** The settings that both adder layers save in the same way. */
export function savedSettings({
  weightGradient,
  kernelInitializer,
  operands,
}: ReturnType<typeof adderSettings>): serialization.ConfigDict {
  return {
    weightGradient,
    kernelInitializer: { ...saveInitializer(kernelInitializer) },
    ...(operands && {
      operands: { ...operands, map: { ...operands.map }, weights: { ...operands.weights } },
    }),
  };
}
