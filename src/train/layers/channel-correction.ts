import { serialization, type Tensor, tensor1d, tidy, zerosLike } from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { scaleChannels } from '../ops/scale-channels.ts';
import { checkSettings, type LayerConfig } from './layer-config.ts';

export interface ChannelCorrectionConfig extends LayerConfig {
  readonly gain: readonly number[];
  readonly offset: readonly number[];
}

/** Constants of each channel: `y = gain[c] * x + offset[c]`. */
export class ChannelCorrection extends layers.Layer {
  static readonly className = 'ChannelCorrection';
  private readonly settings;

  constructor(config: ChannelCorrectionConfig) {
    super(config);
    const { gain, offset } = config;
    checkSettings(ChannelCorrection.className, [
      {
        name: 'gain and offset',
        value: [gain.length, offset.length],
        isSound: gain.length === offset.length && [...gain, ...offset].every(Number.isFinite),
        rule: 'equally many numbers',
      },
    ]);
    this.settings = { gain: [...gain], offset: [...offset] };
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0] : inputs;
      const gain = tensor1d(this.settings.gain);
      const offset = tensor1d(this.settings.offset);
      return scaleChannels(x, { centre: zerosLike(gain), gain, offset });
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return inputShape as Shape;
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.settings };
  }
}
serialization.registerClass(ChannelCorrection);
