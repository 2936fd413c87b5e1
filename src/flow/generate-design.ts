import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HardwareChoice } from '../../generator/config.ts';
import { writeDesign } from '../../generator/emit/write.ts';
import { planDesign } from '../../generator/plan/plan.ts';
import type { WeightMemory } from '../../generator/plan/types.ts';
import type { Manifest } from '../manifest.ts';
import type { QuantizedModel } from '../quantize/types.ts';

/** What was generated, in numbers. */
export interface DesignFacts {
  readonly name: string;
  readonly rows: number;
  readonly cols: number;
  readonly lanes: number;
  readonly blockPixels: number;
  readonly modules: number;
  /** Lines of all SystemVerilog files. */
  readonly lines: number;
  readonly plannedCyclesPerImage: number;
  /** The schedule: one entry an operation, in the order in which they run. */
  readonly layers: readonly {
    readonly name: string;
    readonly kind: string;
    readonly shape: readonly number[];
    readonly plannedCycles: number;
    /** Share of the array's slots (elements times cycles) that do useful work. */
    readonly slotsBusy: number;
  }[];
  readonly memories: readonly {
    readonly file: string;
    readonly words: number;
    readonly width: number;
  }[];
  /** What was chosen, what both kinds cost, and the rule of `auto`. */
  readonly weightMemory: Pick<WeightMemory, 'kind' | 'costs' | 'rule'>;
}

/** Plan, spell and write a design. Throws a `DesignError` for what the hardware cannot be; nothing is written then. */
export async function generateDesign({
  model,
  choice,
  output,
}: {
  readonly model: QuantizedModel;
  readonly choice: HardwareChoice;
  readonly output: string;
}): Promise<DesignFacts> {
  const plan = planDesign(model, choice);
  await writeDesign(plan, output);
  const { kind, costs, rule } = plan.weightMemory;
  return { ...(await designFacts(output)), weightMemory: { kind, costs, rule } };
}

async function designFacts(design: string): Promise<Omit<DesignFacts, 'weightMemory'>> {
  const manifest: Manifest = JSON.parse(await readFile(join(design, 'manifest.json'), 'utf8'));
  const { rows, cols, lanes, blockPixels } = manifest.hardware;
  const texts = await Promise.all(
    manifest.sources.map(({ file }) => readFile(join(design, file), 'utf8')),
  );
  return {
    name: manifest.name,
    rows,
    cols,
    lanes,
    blockPixels,
    modules: texts.length,
    lines: texts.reduce((sum, text) => sum + text.split('\n').length - 1, 0),
    plannedCyclesPerImage: manifest.plannedCyclesPerImage,
    layers: manifest.layers.map(({ layer, tensor, kind, shape, plannedCycles, sadOps }) => ({
      name: layer ?? `${tensor} (copy)`,
      kind,
      shape,
      plannedCycles,
      slotsBusy: sadOps / (plannedCycles * rows * cols),
    })),
    memories: manifest.memories.map(({ file, words, width }) => ({ file, words, width })),
  };
}
