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

/** Modules of a design, leaves first; element, weight loader and input side are of one kind of several. */
function modulesOf({ config, weightMemory, window }: HardwarePlan): readonly string[] {
  return [
    'an_delay',
    'an_ram',
    'an_rom',
    'an_skew',
    'an_bank',
    'an_operands',
    ...elementModules(config),
    'an_walker',
    'an_feeder',
    ...(weightMemory.kind === 'packed'
      ? ['an_weight_stream', 'an_weight_pair', 'an_packed_loader']
      : ['an_weight_loader']),
    'an_accumulator',
    'an_result_fifo',
    'an_post_lane',
    'an_post_op',
    'an_sequencer',
    'an_registers',
    'an_output_stream',
    'an_core',
    window === null ? 'an_input_plain' : 'an_input_window',
    'an_top',
  ];
}

/** Name of the folder inside a design that holds its copy of the quantized model. */
export const modelFolder = 'model.qmodel';

/** Spell all files of a design: RTL, memory images, `files.f`, `manifest.json`. */
export function emitDesign(plan: HardwarePlan, identity: DesignIdentity): DesignFile[] {
  const view = designView(plan, identity);
  const sources = modulesOf(plan).map((module) => ({
    path: `${module}.sv`,
    text: render(module, view),
  }));
  const images = Object.values(plan.memories).flat();
  const memories = images.map((image) => ({ path: image.file, text: memoryFile(image) }));
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
    memories: Object.values(plan.memories)
      .flat()
      .map(({ file, words, width }) => ({
        file,
        sha256: digestOf(memories.find(({ path }) => path === file)!.text),
        words: words.length,
        width,
      })),
    hardware: {
      ...config,
      ...plan.array,
      weightMemory: plan.weightMemory.kind,
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
