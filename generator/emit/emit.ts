/**
 * @file From a plan to the text of every file: pure, and byte-identical for identical input.
 */
import { digestOf } from '../../src/digest.ts';
import type { LayerInfo, Manifest } from '../../src/manifest.ts';
import { sadOperations } from '../plan/cycles.ts';
import type { HardwarePlan } from '../plan/types.ts';
import { elementModules } from './element-view.ts';
import { memoryFile } from './memory-file.ts';
import { registers } from './registers.ts';
import { render } from './render.ts';
import { type DesignIdentity, designView } from './view.ts';

/** A file of the design, its path relative to the design directory. */
export interface DesignFile {
  readonly path: string;
  readonly text: string;
}

/** Modules of every design, leaves first; element and input side are of one kind of several. */
const modules = [
  'an_delay',
  'an_ram',
  'an_rom',
  'an_skew',
  'an_bank',
  'an_operands',
  'an_walker',
  'an_feeder',
  'an_weight_loader',
  'an_accumulator',
  'an_result_fifo',
  'an_post_lane',
  'an_post_op',
  'an_sequencer',
  'an_registers',
  'an_output_stream',
] as const;

/** Name of the folder inside a design that holds its copy of the quantized model. */
export const modelFolder = 'model.qmodel';

/** Spell all files of a design: RTL, memory images, `files.f`, `manifest.json`. */
export function emitDesign(plan: HardwarePlan, identity: DesignIdentity): DesignFile[] {
  const view = designView(plan, identity);
  const inputModule = plan.window === null ? 'an_input_plain' : 'an_input_window';
  const element = elementModules(plan.config);
  const sources = [...modules, ...element, inputModule, 'an_core', 'an_top'].map((module) => ({
    path: `${module}.sv`,
    text: render(module, view),
  }));
  const memories = Object.values(plan.memories).map((image) => ({
    path: image.file,
    text: memoryFile(image),
  }));
  const manifest = designManifest({ plan, identity, sources, memories });
  return [
    ...sources,
    ...memories,
    { path: 'files.f', text: `${sources.map(({ path }) => path).join('\n')}\n` },
    { path: 'manifest.json', text: `${JSON.stringify(manifest, null, 2)}\n` },
  ];
}

function designManifest(options: {
  plan: HardwarePlan;
  identity: DesignIdentity;
  sources: readonly DesignFile[];
  memories: readonly DesignFile[];
}): Manifest {
  const { plan, identity, sources, memories } = options;
  const { config, model, widths } = plan;
  return {
    format: 'adderforge-design',
    version: 1,
    generator: identity.generator,
    name: identity.designName,
    top: 'an_top',
    arrayModule: 'an_array',
    elementModule: elementModules(config)[0],
    model: { folder: modelFolder, sha256: identity.modelHash },
    sources: sources.map(({ path, text }) => ({ file: path, sha256: digestOf(text) })),
    memories: Object.values(plan.memories).map(({ file, words, width }) => ({
      file,
      sha256: digestOf(memories.find(({ path }) => path === file)!.text),
      words: words.length,
      width,
    })),
    hardware: {
      ...config,
      actWidth: model.actWidth,
      weightWidth: model.weightWidth,
      accWidth: widths.accWidth,
      monitorWidth: widths.monitorWidth,
      outStreamWidth: widths.outStreamWidth,
    },
    inputShape: model.input.shape,
    layers: plan.operations.map((operation, index): LayerInfo => {
      const { layer, inserted, tensor, tileChannels } = operation;
      return {
        layer: inserted ? null : layer.name,
        tensor,
        kind: layer.kind,
        shape: layer.outputShape,
        tileChannels,
        outWidth: layer.outWidth,
        outSigned: layer.outSigned,
        plannedCycles: plan.cycles[index],
        sadOps: sadOperations(operation),
      };
    }),
    plannedCyclesPerImage: plan.cyclesPerImage,
    registers,
  };
}
