/**
 * @file A float network on the kernels. Every node's map has its own place, so each can be read.
 */
import { normalizeImage } from '../golden/float.ts';
import { inferShapes } from '../model/infer-shapes.ts';
import { type FloatModel, type FloatNode, INPUT, type MapShape } from '../model/types.ts';
import { chainSteps, type Engine, type Step, type Tap } from './engine.ts';
import { floatStep } from './float-step.ts';
import type { Instance } from './instance.ts';
import type { KernelModule } from './web-assembly.ts';
import { createWorkspace } from './workspace.ts';

const elements = ([rows, cols, channels]: MapShape): number => rows * cols * channels;

/** Lay out `model` for one thread; `taps` name the nodes (or `input`) whose maps are wanted. */
export function createFloatEngine(
  module: KernelModule,
  model: FloatModel,
  taps: readonly Tap[],
): Engine {
  const workspace = createWorkspace(model.name);
  const shapes = new Map<string, MapShape>([[INPUT, model.inputShape], ...inferShapes(model)]);
  const addresses = new Map<string, number>();
  for (const [name, shape] of shapes) addresses.set(name, workspace.reserve(elements(shape) * 4));

  const place = (name: string) => ({
    address: addresses.get(name)!,
    shape: shapes.get(name)!,
  });
  const plans = model.nodes.map((node: FloatNode) => ({
    name: node.name,
    run: floatStep({ model, node, workspace, place }),
  }));

  const instance: Instance = workspace.start(module);
  const view = (name: string) =>
    new Float32Array(instance.buffer, addresses.get(name), elements(shapes.get(name)!));
  const input = view(INPUT);
  const steps: Step[] = [{ name: INPUT, run() {}, read: () => input }];
  for (const { name, run } of plans) {
    const map = view(name);
    steps.push({ name, run: () => run(instance.kernels), read: () => map });
  }
  return chainSteps(steps, taps, (image) => input.set(normalizeImage(model, image)));
}
