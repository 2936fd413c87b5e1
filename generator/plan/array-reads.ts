/**
 * @file How stored codes become the array's operands.
 *
 * Maps may have more bits than the array. An adder layer rounds the surplus away and saturates
 * (`actCode` in src/fixed/operand.ts). A multiplying layer reads all of them in slices of `actWidth`
 * bits, one slice a pass. Both begin with a shift, and the feeder has only those that occur.
 */
import { actCode, actOperand } from '../../src/fixed/operand.ts';
import { INPUT } from '../../src/model/types.ts';
import type { QuantizedModel } from '../../src/quantize/types.ts';
import type { ArrayReads, CodeWidths, Operation } from './types.ts';

/** Bits of codes in the input's memory and in the banks. */
export function codeWidths(
  operations: readonly Operation[],
  { input, actWidth }: QuantizedModel,
): CodeWidths {
  const bank = operations.map(({ layer, codeWidth, residualWidth }) =>
    Math.max(layer.input === INPUT ? 0 : codeWidth, residualWidth),
  );
  const bankWidth = Math.max(actWidth, ...bank);
  return { inputWidth: input.width, bankWidth, codeWidth: Math.max(bankWidth, input.width) };
}

/** The shifts that a design's feeder needs. */
export function planReads(
  operations: readonly Operation[],
  { actWidth }: QuantizedModel,
): ArrayReads {
  const slices = Math.max(...operations.map((operation) => operation.slices));
  const sliced = slices > 1 ? Array.from({ length: slices }, (_, slice) => slice * actWidth) : [];
  const whole = operations.filter((operation) => !operation.pool && operation.slices === 1);
  const rounded = whole.map(inputShift).sort((a, b) => a - b);
  const shifts = [...new Set([...sliced, ...rounded])];
  // A design of nothing but pools has an array too.
  return { slices, shifts: shifts.length > 0 ? shifts : [0] };
}

/** Which shift an operation takes; slices choose for themselves, and pools need none. */
export function shiftChoice(operation: Operation, { shifts }: ArrayReads): number {
  return operation.pool || operation.slices > 1 ? 0 : shifts.indexOf(inputShift(operation));
}

function inputShift({ layer }: Operation): number {
  return layer.kind === 'adder' ? layer.inputShift : 0;
}

/** A stored code as the operands that the array meets: one, or one a slice, the least significant first. */
export function codeOperands(
  code: number,
  { layer, slices }: Operation,
  model: QuantizedModel,
): number[] {
  if (layer.kind === 'adder') return [actOperand(actCode(code, layer.inputShift, model), model)];
  const base = 2 ** model.actWidth;
  return Array.from({ length: slices }, (_, slice) =>
    actOperand(Math.floor(code / base ** slice) % base, model),
  );
}
