import {
  add,
  batchNorm,
  div,
  mul,
  type Rank,
  serialization,
  sqrt,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { normalizeBatch } from '../ops/normalize-batch.ts';
import { scaleChannels } from '../ops/scale-channels.ts';
import { checkSettings, type LayerConfig } from './layer-config.ts';

export interface BatchNormConfig extends LayerConfig {
  /** Added to the variance; default 1e-5, as in PyTorch. */
  readonly epsilon?: number;
  /** `running = momentum * running + (1 - momentum) * batch`; default 0.9 (PyTorch calls this 0.1). */
  readonly momentum?: number;
  /** Keep the running statistics as they are and normalize by them in training, too; default false. */
  readonly frozen?: boolean;
}

/**
 * Batch normalization over all axes but the last, with PyTorch's conventions.
 *
 * In training it normalizes by the batch's mean and biased variance, and moves the running mean and the running
 * variance (unbiased, `n / (n - 1)` of the biased one) in place; otherwise it normalizes by the running ones.
 * When it is frozen, training normalizes by the running ones as well and leaves them: gamma and beta still learn.
 * Weights: `gamma`, `beta`, `mean`, `variance`, all `[channels]`.
 */
export class BatchNorm extends layers.Layer {
  static readonly className = 'BatchNorm';
  private readonly settings;
  private terms:
    | Readonly<Record<'gamma' | 'beta' | 'mean' | 'variance', LayerVariable>>
    | undefined;

  constructor(config: BatchNormConfig = {}) {
    super(config);
    const { epsilon = 1e-5, momentum = 0.9, frozen = false } = config;
    checkSettings(BatchNorm.className, [
      {
        name: 'epsilon',
        value: epsilon,
        isSound: Number.isFinite(epsilon) && epsilon >= 0,
        rule: 'a number of at least 0',
      },
      {
        name: 'momentum',
        value: momentum,
        isSound: momentum >= 0 && momentum <= 1,
        rule: 'a number from 0 to 1',
      },
    ]);
    this.settings = { epsilon, momentum, frozen };
  }

  override build(inputShape: Shape | Shape[]): void {
    const channels = (inputShape as Shape).at(-1)!;
    const start = (name: string, initializer: 'ones' | 'zeros', isTrained: boolean) =>
      this.addWeight(
        name,
        [channels],
        'float32',
        initializers[initializer](),
        undefined,
        isTrained,
      );
    this.terms = {
      gamma: start('gamma', 'ones', true),
      beta: start('beta', 'zeros', true),
      mean: start('mean', 'zeros', false),
      variance: start('variance', 'ones', false),
    };
    super.build(inputShape);
  }

  override call(inputs: Tensor | Tensor[], { training }: { training?: boolean } = {}): Tensor {
    return tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;
      const { gamma, beta, mean, variance } = this.terms!;
      const scale = gamma.read() as Tensor as Tensor1D;
      const offset = beta.read() as Tensor as Tensor1D;
      const { epsilon, frozen } = this.settings;
      if (training !== true) {
        const running = [mean.read(), variance.read()] as Tensor[] as Tensor1D[];
        return batchNorm(x as Tensor<Rank>, running[0], running[1], offset, scale, epsilon);
      }
      if (frozen) {
        const deviation = sqrt(add(variance.read(), epsilon));
        return scaleChannels(x, { centre: mean.read(), gain: div(scale, deviation), offset });
      }
      const batch = normalizeBatch(x, scale, offset, epsilon);
      const count = x.size / x.shape.at(-1)!;
      this.move(mean, batch.mean, 1);
      // One value has no unbiased variance; its biased one, zero, stands in.
      this.move(variance, batch.variance, count / Math.max(1, count - 1));
      return batch.y;
    });
  }

  /** Move a running statistic towards `factor` times the batch's. */
  private move(running: LayerVariable, batch: Tensor, factor: number): void {
    const { momentum } = this.settings;
    const kept = mul(running.read(), momentum);
    running.write(add(kept, mul(batch, factor * (1 - momentum))));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return inputShape as Shape;
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.settings };
  }
}
serialization.registerClass(BatchNorm);
