/**
 * @file From a checkpoint file to a model.
 */
import { basename } from 'node:path';
import { digestOf } from '../digest.ts';
import { fail } from '../issues.ts';
import { findArchitecture } from './architectures/registry.ts';
import { buildModel } from './build-model.ts';
import { readStateDict } from './checkpoint.ts';
import { inferShapes } from './infer-shapes.ts';
import { MAX_FILE_BYTES } from './limits.ts';
import { isName, nameRule, quote } from './names.ts';
import { readWholeFile } from './read-whole-file.ts';
import type { FloatModel } from './types.ts';

export interface ImportRequest {
  /** A PyTorch state dict (zip or legacy form) or a safetensors file. */
  readonly path: string;
  /** Name of an architecture. */
  readonly arch: string;
  /** Name of the model; default: the architecture's. */
  readonly name?: string;
}

/**
 * Import a checkpoint. The model's provenance holds the file's name, its sha256 and the architecture.
 *
 * Throws a `DesignError` for an unknown architecture, an unreadable file, and tensors that do not fit (all at once).
 */
export async function importCheckpoint(request: ImportRequest): Promise<FloatModel> {
  const arch = findArchitecture(request.arch);
  const source = basename(request.path);
  const name = request.name ?? arch.name;
  if (!isName(name)) {
    fail(`Cannot name the model ${quote(name)}: the name is not allowed`, `Use ${nameRule}`);
  }
  const bytes = await readWholeFile(request.path, { what: 'checkpoint', most: MAX_FILE_BYTES });
  const stateDict = readStateDict(bytes, source);
  const sha256 = digestOf(bytes);
  const provenance = { source, sha256, arch: arch.name };
  const model = buildModel(arch, stateDict, { name, provenance });
  inferShapes(model);
  return model;
}
