/**
 * @file `model.json` of a float model, as zod checks it; what spans several fields is checked by `checkGraph`.
 */
import { z } from 'zod';
import { MAX_KERNEL, MAX_MAP_ELEMENTS, MAX_MAP_SIZE, MAX_NODES } from './limits.ts';
import { namePattern, nameRule, quote } from './names.ts';

export const nameSchema = z.string().regex(namePattern, `names have ${nameRule}`);
const extent = z.int().min(1).max(MAX_MAP_SIZE);

/** `[height, width, channels]`. */
export const mapShapeSchema = z
  .tuple([extent, extent, extent])
  .refine(
    ([h, w, c]) => h * w * c <= MAX_MAP_ELEMENTS,
    `a map has at most ${MAX_MAP_ELEMENTS} elements`,
  );

/** Free text by key, none of it long. */
export const provenanceSchema = z
  .record(z.string().max(64), z.string().max(1024))
  .refine((record) => Object.keys(record).length <= 64, 'at most 64 entries are possible');

export const strideSchema = z.int().min(1).max(MAX_KERNEL);
export const paddingSchema = z.int().min(0).max(MAX_KERNEL);

const base = { name: nameSchema };
const window = { stride: strideSchema, padding: paddingSchema };

const nodeSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('adderConv'),
    ...base,
    input: nameSchema,
    weight: nameSchema,
    ...window,
  }),
  z.strictObject({
    kind: z.literal('conv'),
    ...base,
    input: nameSchema,
    weight: nameSchema,
    bias: nameSchema.exactOptional(),
    ...window,
  }),
  z.strictObject({
    kind: z.enum(['linear', 'adderLinear']),
    ...base,
    input: nameSchema,
    weight: nameSchema,
    bias: nameSchema.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('batchNorm'),
    ...base,
    input: nameSchema,
    gamma: nameSchema,
    beta: nameSchema,
    mean: nameSchema,
    variance: nameSchema,
    epsilon: z.number().positive().max(1),
  }),
  z.strictObject({ kind: z.literal('relu'), ...base, input: nameSchema }),
  z.strictObject({ kind: z.literal('add'), ...base, inputs: z.tuple([nameSchema, nameSchema]) }),
  z.strictObject({
    kind: z.enum(['maxPool', 'avgPool']),
    ...base,
    input: nameSchema,
    size: z.int().min(1).max(MAX_KERNEL),
    ...window,
  }),
  z.strictObject({ kind: z.literal('flatten'), ...base, input: nameSchema }),
]);

const bits = z.int().min(2).max(8);
const code = z.int().min(-32768).max(32767);
const channels = z.array(z.number()).min(1).max(MAX_MAP_SIZE);

/** What spans several fields, or needs the graph, is checked where the rounding is used. */
const roundingSchema = z.strictObject({
  widths: z.strictObject({
    actWidth: bits,
    weightWidth: bits,
    inputWidth: bits,
    storeWidth: bits,
  }),
  maps: z
    .array(
      z.strictObject({
        layer: nameSchema,
        step: z.number().positive(),
        width: z.int().min(2).max(16),
        zeroPoint: code,
        lowCode: code,
        highCode: code,
      }),
    )
    .min(1)
    .max(MAX_NODES),
  layers: z
    .array(
      z.strictObject({
        layer: nameSchema,
        inputShift: z.int().min(0).max(6),
        actWidth: bits,
        weightWidth: bits,
        gain: channels,
        offset: channels,
      }),
    )
    .min(1)
    .max(MAX_NODES),
});

export const floatModelSchema = z.strictObject({
  format: z.string(),
  version: z.number(),
  name: nameSchema,
  arch: nameSchema,
  inputShape: mapShapeSchema,
  normalization: z.strictObject({
    mean: z.array(z.number()),
    std: z.array(z.number().positive()),
  }),
  nodes: z.array(nodeSchema).min(1).max(MAX_NODES),
  provenance: provenanceSchema,
  rounding: roundingSchema.exactOptional(),
});

/** zod's findings about a file's JSON, as `"nodes[3].stride" ("conv1"): ...`, at most 20 of them. */
export function describeZodError(error: z.ZodError, json?: unknown): string[] {
  return error.issues.slice(0, 20).map(({ path, message }) => {
    const where = path
      .map((part, i) =>
        typeof part === 'number' ? `[${part}]` : i ? `.${String(part)}` : String(part),
      )
      .join('');
    return `${where ? quote(where) : 'it'}${elementName(json, path)}: ${message}`;
  });
}

/** The name of the node or layer that a path leads into, for readers who do not count from zero. */
function elementName(json: unknown, [list, index, field]: readonly PropertyKey[]): string {
  if (field === 'name') return '';
  const element = (json as Record<PropertyKey, unknown[]> | undefined)?.[list!]?.[index as number];
  const name = (element as { name?: unknown } | undefined)?.name;
  return typeof name === 'string' ? ` (${quote(name)})` : '';
}
