import { serialization, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { checkSettings, type LayerConfig, positiveNumber } from './layer-config.ts';
import { type Grid, roundToGrid } from './round-to-grid.ts';

export interface FakeQuantizeConfig extends LayerConfig, Grid {}

/**
 * A map as its codes tell it: `clamp(round(x / scale), low, high) * scale`.
 *
 * `low` and `high` are whole numbers of steps (code minus zero point). The gradient passes inside the range and
 * is zero outside, so that training adapts a network to its quantization.
 */
export class FakeQuantize extends layers.Layer {
  static readonly className = 'FakeQuantize';
  private readonly grid: Grid;

  constructor(config: FakeQuantizeConfig) {
    super(config);
    const { scale, low, high } = config;
    checkSettings(FakeQuantize.className, [
      positiveNumber('scale', scale),
      {
        name: 'range',
        value: [low, high],
        isSound: Number.isSafeInteger(low) && Number.isSafeInteger(high) && low < high,
        rule: 'whole numbers low < high',
      },
    ]);
    this.grid = { scale, low, high };
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => roundToGrid(Array.isArray(inputs) ? inputs[0] : inputs, this.grid));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return inputShape as Shape;
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.grid };
  }
}
serialization.registerClass(FakeQuantize);
