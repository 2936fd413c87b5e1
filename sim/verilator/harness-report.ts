/**
 * @file What one simulation found: the harness's `report.json` (`sim/verilator/report.h`).
 */
import { z } from 'zod';

const count = z.number().int().nonnegative();
const range = z.tuple([count, count]);
const mismatch = z.object({
  image: count,
  channel: count,
  row: count,
  column: count,
  /** Clock cycle since power-up. */
  cycle: count,
  want: z.number().int(),
  got: z.number().int(),
});
const comparison = z.object({ values: count, mismatches: count, first: mismatch.nullable() });

const schema = z.object({
  /** `end`, or why it stopped before. */
  stop: z.enum(['end', 'hang', 'fault', 'traceDone']),
  /** The first broken rule of an interface, or empty. */
  fault: z.string(),
  cycles: count,
  seconds: z.number().nonnegative(),
  at: z.object({
    op: count,
    busy: z.boolean(),
    stall: z.boolean(),
    inputBeats: count,
    outputBeats: count,
  }),
  images: count,
  /** Lowest and highest over the images; waits for the result stream left out. */
  imageCycles: range,
  imageCyclesWithWaits: range,
  output: comparison,
  ops: z.array(comparison.extend({ cycles: range })),
});

export type Comparison = z.infer<typeof comparison>;
export type HarnessReport = z.infer<typeof schema>;

/** Read the text of `report.json`; the harness is ours, so anything else in it is our fault. */
export function parseHarnessReport(text: string): HarnessReport {
  const result = schema.safeParse(JSON.parse(text));
  if (!result.success)
    throw new Error(`internal: the harness's report is damaged: ${result.error}`);
  return result.data;
}
