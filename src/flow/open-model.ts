import { fail } from '../issues.ts';
import { readModel } from '../model/store.ts';
import type { FloatModel, MapShape } from '../model/types.ts';
import { modelKind, readQuantized } from '../quantize/store.ts';
import type { QuantizedModel } from '../quantize/types.ts';
import type { AnyModel } from './evaluate-model.ts';

/** Read a model folder of either kind. */
export async function openModel(folder: string): Promise<AnyModel> {
  return (await modelKind(folder)) === 'float'
    ? { kind: 'float', model: await readModel(folder) }
    : { kind: 'quantized', model: await readQuantized(folder) };
}

/** Read a float model; a quantized one is refused by name. */
export async function openFloatModel(folder: string): Promise<FloatModel> {
  if ((await modelKind(folder)) === 'float') return readModel(folder);
  fail(
    `Cannot quantize "${folder}": it is quantized already`,
    'Name the float model (.model) that it was made from',
  );
}

/** Read a quantized model; a float one is refused by name. */
export async function openQuantizedModel(folder: string): Promise<QuantizedModel> {
  if ((await modelKind(folder)) === 'quantized') return readQuantized(folder);
  fail(
    `Cannot generate hardware from "${folder}": it is a float model`,
    `Quantize it first: adderforge quantize ${folder} --bits 8 --dataset <name> -o <name>.qmodel`,
  );
}

/** Shape of the images that a model reads. */
export function shapeOf({ kind, model }: AnyModel): MapShape {
  return kind === 'float' ? model.inputShape : model.input.shape;
}
