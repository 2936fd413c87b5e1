/**
 * @file Float models on disk (`<name>.model/`); the format is described in docs/model-format.md.
 */
import { DesignError, type Issue, throwIfAny } from '../issues.ts';
import { checkGraph } from './infer-shapes.ts';
import { MAX_ELEMENTS } from './limits.ts';
import { FLOAT_FORMAT, readModelFolder, writeModelFolder } from './model-folder.ts';
import { describeZodError, floatModelSchema } from './model-schema.ts';
import { quote } from './names.ts';
import { nodeTensors } from './node-shape.ts';
import type { StoredTensor } from './safetensors.ts';
import { loadArray, storeArray } from './typed-tensors.ts';
import type { FloatModel, FloatTensor } from './types.ts';

export { modelDigest } from './model-folder.ts';

/** Write a model folder whole or not at all; see `writeModelFolder`. Throws a `DesignError` for an inconsistent model. */
export async function writeModel(model: FloatModel, dir: string): Promise<void> {
  throwIfAny(checkModel(model));
  const { tensors, ...json } = model;
  // Through the schema: a known order of keys and nothing that is not in the format.
  const parsed = floatModelSchema.safeParse({ format: FLOAT_FORMAT, version: 1, ...json });
  if (!parsed.success) throw issuesOf(dir, describeZodError(parsed.error));
  const stored = [...tensors].map(
    ([name, { shape, data }]) => [name, storeArray('F32', shape, data)] as const,
  );
  await writeModelFolder(dir, {
    format: FLOAT_FORMAT,
    json: parsed.data,
    tensors: new Map(stored),
  });
}

/** Read a model folder; the graph and every tensor are checked. Throws a `DesignError` with all that is wrong. */
export async function readModel(dir: string): Promise<FloatModel> {
  const { json, tensors } = await readModelFolder(dir, FLOAT_FORMAT);
  const parsed = floatModelSchema.safeParse(json);
  if (!parsed.success) throw issuesOf(dir, describeZodError(parsed.error, json));
  const { format: _, version: __, ...fields } = parsed.data;
  const loaded = loadTensors(tensors, dir);
  const model: FloatModel = { ...fields, tensors: loaded };
  throwIfAny(checkModel(model));
  return model;
}

function loadTensors(
  stored: ReadonlyMap<string, StoredTensor>,
  dir: string,
): Map<string, FloatTensor> {
  const problems: string[] = [];
  const tensors = new Map<string, FloatTensor>();
  let elements = 0;
  for (const [name, tensor] of stored) {
    elements += tensor.bytes.length / 4;
    if (tensor.type !== 'F32') problems.push(`tensor ${quote(name)} is ${tensor.type}, not F32`);
    else if (elements <= MAX_ELEMENTS) {
      tensors.set(name, { shape: tensor.shape, data: loadArray('F32', tensor) });
    }
  }
  if (elements > MAX_ELEMENTS) {
    problems.push(`its tensors have ${elements} elements, the most is ${MAX_ELEMENTS}`);
  }
  if (problems.length > 0) throw issuesOf(dir, problems);
  return tensors;
}

/** Everything that must hold of a model beyond the shape of its JSON. */
function checkModel(model: FloatModel): Issue[] {
  const { nodes, tensors, inputShape, normalization } = model;
  const issues = [...checkGraph(model).issues];
  const report = (reason: string, remedy: string) =>
    issues.push({ problem: `Cannot use model ${quote(model.name)}: ${reason}`, remedy });
  for (const [field, values] of Object.entries(normalization)) {
    if (values.length !== inputShape[2]) {
      report(
        `its normalization has ${values.length} values for ${field}, its images ${inputShape[2]} channels`,
        'Give one value for each channel',
      );
    }
  }
  const read = new Set(nodes.flatMap(nodeTensors));
  for (const [name, { data }] of tensors) {
    if (!read.has(name)) report(`no node reads tensor ${quote(name)}`, 'Remove the tensor');
    if (!data.every(Number.isFinite)) {
      report(`tensor ${quote(name)} has a value that is no finite number`, 'Train it again');
    }
  }
  for (const node of nodes) {
    if (node.kind !== 'batchNorm') continue;
    const lowest = tensors.get(node.variance)?.data.find((value) => value < 0);
    if (lowest !== undefined) {
      report(`node "${node.name}" has a variance of ${lowest}`, 'Use an undamaged model');
    }
  }
  return issues;
}

function issuesOf(dir: string, problems: readonly string[]): DesignError {
  return new DesignError(
    problems.map((problem) => ({
      problem: `Cannot use model "${dir}": ${problem}`,
      remedy: 'Write the model again; docs/model-format.md describes the format',
    })),
  );
}
