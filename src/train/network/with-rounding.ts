import type { FloatModel, Rounding } from '../../model/types.ts';

/** The model with this rounding, or with none: one that it was trained with before says nothing about new weights. */
export function withRounding(model: FloatModel, rounding: Rounding | undefined): FloatModel {
  const { rounding: _, ...plain } = model;
  return rounding === undefined ? plain : { ...plain, rounding };
}
