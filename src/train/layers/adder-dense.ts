import {
  add,
  div,
  reshape,
  serialization,
  type Tensor,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { adderConv2d } from '../ops/adder-conv2d.ts';
import { type AdderConfig, adderSettings, operandSettings, savedSettings } from './adder-config.ts';
import { checkSettings, wholeNumber } from './layer-config.ts';
import { mapOperands, weightOperands } from './round-to-grid.ts';

export interface AdderDenseConfig extends AdderConfig {
  /** Outputs. */
  readonly units: number;
  /** Add a bias, which starts at zero; default false, since batch normalization follows. */
  readonly useBias?: boolean;
}

/**
 * Fully connected adder layer: `y(t) = - sum over k of |x(k) - f(k, t)|`, eq 3 on a map of one pixel.
 *
 * Reads `[batch, inputs]`; weights `kernel` `[inputs, units]` and, if asked for, `bias` `[units]`.
 */
export class AdderDense extends layers.Layer {
  static readonly className = 'AdderDense';
  private readonly settings;
  private kernel: LayerVariable | undefined;
  private bias: LayerVariable | undefined;

  constructor(config: AdderDenseConfig) {
    super(config);
    const { units, useBias = false, operands } = config;
    checkSettings(AdderDense.className, [
      wholeNumber('units', units, 1),
      ...operandSettings(operands),
    ]);
    this.settings = { units, useBias, ...adderSettings(config) };
    this.inputSpec = [{ ndim: 2 }];
  }

  override build(inputShape: Shape | Shape[]): void {
    const inputs = (inputShape as Shape).at(-1)!;
    const { units, useBias, kernelInitializer } = this.settings;
    this.kernel = this.addWeight('kernel', [inputs, units], 'float32', kernelInitializer);
    if (useBias) this.bias = this.addWeight('bias', [units], 'float32', initializers.zeros());
    super.build(inputShape);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0] : inputs;
      const { units, weightGradient, operands } = this.settings;
      const length = x.shape[1]!;
      const codes = operands === undefined ? x : mapOperands(x, operands);
      const pixel = reshape(codes, [-1, 1, 1, length]) as Tensor4D;
      const kernel = reshape(this.kernel!.read(), [1, 1, length, units]) as Tensor4D;
      const filter = operands === undefined ? kernel : weightOperands(kernel, operands);
      const map = adderConv2d(pixel, filter, { stride: 1, padding: 0, weightGradient });
      const y = reshape(map, [-1, units]);
      if (this.bias === undefined) return y;
      const bias = this.bias.read();
      return add(y, operands === undefined ? bias : div(bias, operands.unit));
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return [(inputShape as Shape)[0], this.settings.units];
  }

  override getConfig(): serialization.ConfigDict {
    const { units, useBias, ...rest } = this.settings;
    return { ...super.getConfig(), ...savedSettings(rest), units, useBias };
  }
}
serialization.registerClass(AdderDense);
