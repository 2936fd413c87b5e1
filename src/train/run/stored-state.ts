/**
 * @file A `TrainState` as the bytes of one safetensors file: `parameters`, `velocity`, `squares`, and `progress` as six doubles.
 */
import { fail } from '../../issues.ts';
import { formatSafetensors, parseSafetensors } from '../../model/safetensors.ts';
import { loadArray, storeArray } from '../../model/typed-tensors.ts';
import { sharedFloats, type TrainState } from './train-state.ts';

/** Write; equal states give equal bytes. */
export function formatState({ parameters, velocity, squares, progress }: TrainState): Uint8Array {
  const { epoch, step, lossSum, correct, agreeing, seconds } = progress;
  const numbers = Float64Array.of(epoch, step, lossSum, correct, agreeing, seconds);
  return formatSafetensors(
    new Map([
      ['parameters', storeArray('F32', [parameters.length], parameters)],
      ['velocity', storeArray('F32', [velocity.length], velocity)],
      ['squares', storeArray('F32', [squares.length], squares)],
      ['progress', storeArray('F64', [numbers.length], numbers)],
    ]),
  );
}

/** Read the state of a network with `length` parameters; a `DesignError` when it is another one's, or damaged. */
export function parseState(
  bytes: Uint8Array,
  { file, length }: { readonly file: string; readonly length: number },
): TrainState {
  const refuse = (reason: string): never =>
    fail(
      `Cannot resume the training: "${file}" ${reason}`,
      'Remove the training folder and begin again',
    );
  const tensors = parseSafetensors(bytes, file);
  const read = <T extends 'F32' | 'F64'>(name: string, type: T, elements: number) => {
    const tensor = tensors.get(name);
    if (tensor?.type !== type) return refuse(`has no tensor "${name}" of ${type}`);
    const [size = 0] = tensor.shape;
    if (tensor.shape.length !== 1 || size !== elements) {
      return refuse(`has ${size} elements in "${name}", ${elements} were expected`);
    }
    return loadArray(type, tensor);
  };
  const parameters = sharedFloats(length);
  parameters.set(read('parameters', 'F32', length));
  const velocity = read('velocity', 'F32', length);
  const squares = read('squares', 'F32', length);
  const numbers = read('progress', 'F64', 6);
  const [epoch, step, lossSum, correct, agreeing, seconds] = numbers;
  const counts = [epoch, step, correct, agreeing];
  if (!counts.every((n) => Number.isSafeInteger(n) && n >= 0) || !numbers.every(Number.isFinite)) {
    refuse(`says that ${epoch} epochs and ${step} steps are done`);
  }
  const progress = { epoch, step, lossSum, correct, agreeing, seconds };
  return { parameters, velocity, squares, progress };
}
