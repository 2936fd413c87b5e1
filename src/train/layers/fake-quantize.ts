import { serialization, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { roundMap } from '../ops/round-map.ts';
import { checkSettings, gridSettings, type LayerConfig } from './layer-config.ts';
import type { Grid } from './round-to-grid.ts';

export interface FakeQuantizeConfig extends LayerConfig, Grid {}

/**
 * A map as its codes tell it: `clamp(round(x / scale), low, high) * scale`, halves upwards.
 *
 * `low` and `high` are whole numbers of steps (code minus zero point). With a `shift` they count steps of `2^shift * scale`,
 * to which the whole number of steps is rounded on. The gradient passes inside the range and is zero outside, so that
 * training adapts a network to its quantization.
 */
export class FakeQuantize extends layers.Layer {
  static readonly className = 'FakeQuantize';
  private readonly grid: Required<Grid>;

  constructor(config: FakeQuantizeConfig) {
    super(config);
    const { scale, low, high, shift = 0 } = config;
    checkSettings(FakeQuantize.className, gridSettings('grid', config));
    this.grid = { scale, low, high, shift };
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const { scale, shift } = this.grid;
    const unit = scale * 2 ** shift;
    return tidy(() => roundMap(Array.isArray(inputs) ? inputs[0] : inputs, { ...this.grid, unit }));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return inputShape as Shape;
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.grid };
  }
}
serialization.registerClass(FakeQuantize);
