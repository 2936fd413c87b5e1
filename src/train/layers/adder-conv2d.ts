import { serialization, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { windowCount } from '../../model/node-shape.ts';
import { adderConv2d } from '../ops/adder-conv2d.ts';
import { type AdderConfig, adderSettings, operandSettings, savedSettings } from './adder-config.ts';
import { checkSettings, wholeNumber } from './layer-config.ts';
import { mapOperands, weightOperands } from './round-to-grid.ts';

export interface AdderConv2DConfig extends AdderConfig {
  /** Output channels. */
  readonly filters: number;
  /** Rows and columns of the kernel; one number for a square one. */
  readonly kernelSize: number | readonly [number, number];
  /** Default 1. */
  readonly stride?: number;
  /** Pixels of true zero on each side, each contributing `-|F|`; default 0. */
  readonly padding?: number;
}

/**
 * Adder convolution, AdderNet (CVPR 2020) eq 3: `Y(m,n,t) = - sum |X(m+i, n+j, k) - F(i,j,k,t)|`.
 *
 * Reads `[batch, height, width, channels]`; one weight, `kernel`, `[rows, columns, channels, filters]`. Its
 * gradients are eq 5 or 4 (weights) and eq 6 (input). Let a `BatchNorm` follow: outputs are never positive.
 */
export class AdderConv2D extends layers.Layer {
  static readonly className = 'AdderConv2D';
  private readonly settings;
  private kernel: LayerVariable | undefined;

  constructor(config: AdderConv2DConfig) {
    super(config);
    const { filters, kernelSize, stride = 1, padding = 0, operands } = config;
    const [rows, columns] = typeof kernelSize === 'number' ? [kernelSize, kernelSize] : kernelSize;
    checkSettings(AdderConv2D.className, [
      wholeNumber('filters', filters, 1),
      wholeNumber('kernelSize', rows, 1),
      wholeNumber('kernelSize', columns, 1),
      wholeNumber('stride', stride, 1),
      wholeNumber('padding', padding, 0),
      ...operandSettings(operands),
    ]);
    this.settings = { filters, rows, columns, stride, padding, ...adderSettings(config) };
    this.inputSpec = [{ ndim: 4 }];
  }

  override build(inputShape: Shape | Shape[]): void {
    const channels = (inputShape as Shape).at(-1)!;
    const { rows, columns, filters, kernelInitializer } = this.settings;
    const shape = [rows, columns, channels, filters];
    this.kernel = this.addWeight('kernel', shape, 'float32', kernelInitializer);
    super.build(inputShape);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;
      const { stride, padding, weightGradient, operands } = this.settings;
      const kernel = this.kernel!.read() as Tensor as Tensor4D;
      const filter = operands === undefined ? kernel : weightOperands(kernel, operands);
      const map = operands === undefined ? x : mapOperands(x, operands);
      return adderConv2d(map, filter, { stride, padding, weightGradient });
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, height, width] = inputShape as Shape;
    const { rows, columns, stride, padding, filters } = this.settings;
    const count = (size: number | null, kernel: number) =>
      size === null ? null : windowCount({ size, kernel, stride, padding });
    return [batch, count(height, rows), count(width, columns), filters];
  }

  override getConfig(): serialization.ConfigDict {
    const { rows, columns, filters, stride, padding, ...rest } = this.settings;
    return {
      ...super.getConfig(),
      ...savedSettings(rest),
      ...{ kernelSize: [rows, columns], filters, stride, padding },
    };
  }
}
serialization.registerClass(AdderConv2D);
