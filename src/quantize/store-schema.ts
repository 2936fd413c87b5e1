/**
 * @file `model.json` of a quantized model, as zod checks it; what spans several fields is in `check-quantized.ts`.
 */
import { z } from 'zod';
import { MAX_MAP_SIZE, MAX_NODES } from '../model/limits.ts';
import { mapShapeSchema, nameSchema, provenanceSchema } from '../model/model-schema.ts';

const code = z.int().min(0).max(255);
const extent = z.int().min(1).max(MAX_MAP_SIZE);
const width = z.int().min(2).max(8);

const base = {
  name: nameSchema,
  input: nameSchema,
  inputShape: mapShapeSchema,
  outputShape: mapShapeSchema,
  // A fully connected layer's kernel is as large as its map.
  kernel: z.tuple([extent, extent]),
  stride: extent,
  padding: z.int().min(0).max(MAX_MAP_SIZE),
  padCode: code,
  residual: z.strictObject({ input: nameSchema, zeroPoint: code }).exactOptional(),
  clampLow: z.int(),
  clampHigh: z.int(),
  outWidth: z.int().min(1).max(32),
  outSigned: z.boolean(),
};

const array = { planes: z.int().min(1).max(15), inputShift: z.int().min(0).max(6) };

const layerSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('adder'),
    ...base,
    ...array,
    actWidth: width,
    weightWidth: width,
  }),
  z.strictObject({ kind: z.literal('conv'), ...base, ...array }),
  z.strictObject({ kind: z.enum(['maxPool', 'sumPool']), ...base }),
]);

export const quantizedModelSchema = z.strictObject({
  format: z.string(),
  version: z.number(),
  name: nameSchema,
  arch: nameSchema,
  actWidth: width,
  weightWidth: width,
  input: z.strictObject({ shape: mapShapeSchema, width, zeroPoint: code }),
  layers: z.array(layerSchema).min(1).max(MAX_NODES),
  provenance: provenanceSchema,
});

export type QuantizedJson = z.infer<typeof quantizedModelSchema>;
export type LayerJson = QuantizedJson['layers'][number];
