import type { Issue } from '../issues.ts';
import type { Moments } from '../kernels/moments.ts';
import { nodeTensors } from '../model/node-shape.ts';
import type { FloatModel } from '../model/types.ts';

/**
 * Find tensors that cannot be quantized: numbers that are not finite, and batch normalizations whose
 * `variance + epsilon` is not positive.
 */
export function findUnusableNumbers(model: FloatModel): Issue[] {
  const issues: Issue[] = [];
  for (const node of model.nodes) {
    for (const name of nodeTensors(node)) {
      const bad = model.tensors.get(name)!.data.filter((v) => !Number.isFinite(v)).length;
      if (bad > 0) {
        issues.push({
          problem: `Cannot quantize node "${node.name}": ${bad} values of "${name}" are not finite`,
          remedy: 'Use a checkpoint from before the training diverged',
        });
      }
    }
    if (node.kind !== 'batchNorm') continue;
    const lowest = model.tensors
      .get(node.variance)!
      .data.reduce((a, b) => Math.min(a, b), Infinity);
    if (lowest + node.epsilon <= 0) {
      issues.push({
        problem: `Cannot quantize node "${node.name}": its smallest variance is ${lowest}, epsilon ${node.epsilon}`,
        remedy: 'Variance plus epsilon must be positive; check that the checkpoint is not damaged',
      });
    }
  }
  return issues;
}

/** Find layers whose sums are beyond all bounds on the calibration images, so that no range could hold their outputs. */
export function findUnboundedSums(raw: ReadonlyMap<string, Moments>): Issue[] {
  return [...raw].flatMap(([name, { mean, variance }]) => {
    const isUsable = (c: number) => Number.isFinite(mean[c]) && Number.isFinite(variance[c]);
    const bad = Array.from(mean.keys()).filter((c) => !isUsable(c)).length;
    if (bad === 0) return [];
    return [
      {
        problem: `Cannot quantize layer "${name}": the sums of ${bad} of its ${mean.length} channels are not finite on the calibration images`,
        remedy:
          'Use a checkpoint from before the training diverged, and the data set it was trained on',
      },
    ];
  });
}
