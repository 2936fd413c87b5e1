/**
 * @file The same optimizer for whoever trains with TensorFlow.js itself: `network.compile({ optimizer: new AdderSgd(...) })`.
 */
import { engine, Optimizer, type serialization, tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { AdderConv2D } from '../layers/adder-conv2d.ts';
import { AdderDense } from '../layers/adder-dense.ts';
import { type SgdSettings, updateTensor } from './sgd.ts';

/** Settings; a variable's name is TensorFlow.js's own ("kernel_3"). */
export interface AdderSgdConfig extends SgdSettings {
  readonly rate: number;
  /** Names of the variables that hold weights of adder layers (`adderKernels`). */
  readonly adderKernels: readonly string[];
}

type Gradients = Parameters<Optimizer['applyGradients']>[0];

/** Names of the variables of a network that hold weights of its adder layers. */
export function adderKernels(network: LayersModel): readonly string[] {
  return network.layers
    .filter((layer) => layer instanceof AdderConv2D || layer instanceof AdderDense)
    .map(({ weights }) => weights[0].name);
}

/**
 * Gradient descent with momentum, weight decay and the adder layers' local learning rate (AdderNet eq 10 and 11).
 *
 * Set `rate` before an epoch to follow a schedule (`cosineRate`). Momentum is kept as long as the optimizer lives.
 */
export class AdderSgd extends Optimizer {
  static readonly className = 'AdderSgd';
  /** Global learning rate. */
  rate: number;
  private readonly config: AdderSgdConfig;
  private readonly adders: ReadonlySet<string>;
  private readonly velocities = new Map<string, Float32Array>();

  constructor(config: AdderSgdConfig) {
    super();
    this.config = config;
    this.rate = config.rate;
    this.adders = new Set(config.adderKernels);
  }

  override applyGradients(gradients: Gradients): void {
    const named = Array.isArray(gradients)
      ? gradients.map(({ name, tensor }) => [name, tensor] as const)
      : Object.entries(gradients);
    for (const [name, gradient] of named) {
      // A variable that the loss does not depend on has no gradient.
      if (gradient == null) continue;
      const variable = engine().registeredVariables[name];
      const values = Float32Array.from(variable.dataSync());
      const velocity = this.velocities.get(name) ?? new Float32Array(values.length);
      this.velocities.set(name, velocity);
      updateTensor({
        values,
        velocity,
        gradient: gradient.dataSync<'float32'>(),
        isAdder: this.adders.has(name),
        rate: this.rate,
        settings: this.config,
      });
      tidy(() => variable.assign(tensor(values, variable.shape, 'float32')));
    }
    this.incrementIterations();
  }

  override getConfig(): serialization.ConfigDict {
    const { momentum, weightDecay, localRate } = this.config;
    return {
      ...{ rate: this.rate, momentum, weightDecay },
      localRate: { ...localRate },
      adderKernels: [...this.adders],
    };
  }
}
