/**
 * @file What the hardware cannot hold, collected before anything is built.
 */
import { type Issue, throwIfAny } from '../../src/issues.ts';
import type { QuantizedModel } from '../../src/quantize/types.ts';
import type { Operation } from './types.ts';

/** `mon_op_o` and the harness count operations in 8 bits. */
const maxOperations = 256;
/** A bank deeper than this is beyond every FPGA this project knows. */
const maxWords = 2 ** 22;

/** Throw all reasons why a network cannot become an accelerator. */
export function checkPlan(model: QuantizedModel, operations: readonly Operation[]): void {
  const issues: Issue[] = [];
  if (operations.length > maxOperations) {
    issues.push({
      problem: `Cannot plan "${model.name}": it has ${operations.length} operations, the sequencer counts ${maxOperations}`,
      remedy: 'Split the network into two accelerators, or remove layers',
    });
  }
  for (const { layer } of operations) {
    const [height, width, channels] = layer.outputShape;
    if (height * width * channels > maxWords) {
      issues.push({
        problem: `Cannot plan layer "${layer.name}": its map has ${height * width * channels} values, a memory holds ${maxWords}`,
        remedy: 'Use a smaller input image or a larger stride',
      });
    }
  }
  throwIfAny(issues);
}
