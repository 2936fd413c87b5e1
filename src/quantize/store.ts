/**
 * @file Quantized models on disk (`<name>.qmodel/`); the format is described in docs/model-format.md.
 *
 * The JSON holds what a person wants to read, the safetensors file every array: `input/codes`, and for
 * each layer `<layer>/weights`, `/mean`, `/mult`, `/shift`, `/bias` and `/residual.mult`. Layer names have no slash.
 */
import { DesignError, throwIfAny } from '../issues.ts';
import {
  FLOAT_FORMAT,
  FORMAT_VERSIONS,
  QUANTIZED_FORMAT,
  readModelFolder,
  readModelFormat,
  writeModelFolder,
} from '../model/model-folder.ts';
import { describeZodError } from '../model/model-schema.ts';
import { quote } from '../model/names.ts';
import type { StoredTensor } from '../model/safetensors.ts';
import { loadArray, storeArray, type TypedElement } from '../model/typed-tensors.ts';
import { INPUT } from '../model/types.ts';
import { checkQuantized } from './check-quantized.ts';
import { type LayerJson, type QuantizedJson, quantizedModelSchema } from './store-schema.ts';
import type { QuantizedLayer, QuantizedModel, Residual } from './types.ts';

/** What a model folder holds. */
export async function modelKind(dir: string): Promise<'float' | 'quantized'> {
  return (await readModelFormat(dir)) === FLOAT_FORMAT ? 'float' : 'quantized';
}

/** Write a quantized model whole or not at all; see `writeModelFolder`. Throws a `DesignError` for a broken rule. */
export async function writeQuantized(model: QuantizedModel, dir: string): Promise<void> {
  const json = quantizedModelSchema.safeParse({
    format: QUANTIZED_FORMAT,
    version: FORMAT_VERSIONS[QUANTIZED_FORMAT],
    ...model,
    input: { shape: model.input.shape, width: model.input.width, zeroPoint: model.input.zeroPoint },
    layers: model.layers.map(toJson),
  });
  if (!json.success) throw issuesOf(dir, describeZodError(json.error));
  throwIfAny(checkQuantized(model));
  await writeModelFolder(dir, {
    format: QUANTIZED_FORMAT,
    json: json.data,
    tensors: tensorsOf(model),
  });
}

/** Read a quantized model; every rule of `types.ts` is checked. Throws a `DesignError` with all that is broken. */
export async function readQuantized(dir: string): Promise<QuantizedModel> {
  const { json, tensors } = await readModelFolder(dir, QUANTIZED_FORMAT);
  const parsed = quantizedModelSchema.safeParse(json);
  if (!parsed.success) throw issuesOf(dir, describeZodError(parsed.error, json));
  const model = joinTensors(parsed.data, tensors, dir);
  throwIfAny(checkQuantized(model));
  return model;
}

/** A layer without its arrays. */
function toJson(layer: QuantizedLayer): Record<string, unknown> {
  const { affine: _, residual, ...fields } = layer;
  if ('weights' in fields) delete (fields as { weights?: unknown }).weights;
  if (residual === undefined) return fields;
  return { ...fields, residual: { input: residual.input, zeroPoint: residual.zeroPoint } };
}

function tensorsOf({ input, layers }: QuantizedModel): Map<string, StoredTensor> {
  const tensors = new Map([
    [`${INPUT}/codes`, storeArray('U8', [input.shape[2], 256], input.codes)],
  ]);
  for (const layer of layers) {
    const put = (name: string, tensor: StoredTensor) =>
      tensors.set(`${layer.name}/${name}`, tensor);
    const { affine, residual } = layer;
    const shape = [layer.outputShape[2]];
    if ('weights' in layer) put('weights', storeArray('I16', weightShape(layer), layer.weights));
    put('mean', storeArray('I32', shape, affine.mean));
    put('mult', storeArray('I32', shape, affine.mult));
    put('shift', storeArray('U8', shape, affine.shift));
    put('bias', storeArray('F64', shape, affine.bias));
    if (residual) put('residual.mult', storeArray('I32', shape, residual.mult));
  }
  return tensors;
}

/** OHWI. */
function weightShape({ outputShape, kernel, inputShape }: LayerJson | QuantizedLayer): number[] {
  return [outputShape[2], ...kernel, inputShape[2]];
}

function joinTensors(
  json: QuantizedJson,
  tensors: ReadonlyMap<string, StoredTensor>,
  dir: string,
): QuantizedModel {
  const problems: string[] = [];
  const used = new Set<string>();
  const take = <T extends TypedElement>(type: T, name: string, shape: readonly number[]) => {
    used.add(name);
    const tensor = tensors.get(name);
    const fits = tensor?.type === type && tensor.shape.join() === shape.join();
    if (!fits) {
      const found = tensor ? `${tensor.type} of ${tensor.shape.join(' x ')}` : 'missing';
      problems.push(
        `tensor ${quote(name)} is ${found}, ${type} of ${shape.join(' x ')} was expected`,
      );
    }
    return loadArray(type, fits ? tensor : { type, shape: [0], bytes: new Uint8Array(0) });
  };
  const codes = take('U8', `${INPUT}/codes`, [json.input.shape[2], 256]);
  const layers = json.layers.map((fields): QuantizedLayer => {
    const { residual, ...rest } = fields;
    const shape = [fields.outputShape[2]];
    const named = (name: string) => `${fields.name}/${name}`;
    const second: { readonly residual?: Residual } = residual
      ? { residual: { ...residual, mult: take('I32', named('residual.mult'), shape) } }
      : {};
    const constants = {
      affine: {
        mean: take('I32', named('mean'), shape),
        mult: take('I32', named('mult'), shape),
        shift: take('U8', named('shift'), shape),
        bias: take('F64', named('bias'), shape),
      },
      ...second,
    };
    if (!('planes' in rest)) return { ...rest, ...constants };
    return { ...rest, ...constants, weights: take('I16', named('weights'), weightShape(fields)) };
  });
  for (const name of tensors.keys()) {
    if (!used.has(name)) problems.push(`tensor ${quote(name)} belongs to no layer`);
  }
  if (problems.length > 0) throw issuesOf(dir, problems);
  const { name, arch, actWidth, weightWidth, provenance } = json;
  const input = { ...json.input, codes };
  return { name, arch, actWidth, weightWidth, input, layers, provenance };
}

function issuesOf(dir: string, problems: readonly string[]): DesignError {
  return new DesignError(
    problems.map((problem) => ({
      problem: `Cannot use quantized model "${dir}": ${problem}`,
      remedy: 'Quantize the model again; docs/model-format.md describes the format',
    })),
  );
}
