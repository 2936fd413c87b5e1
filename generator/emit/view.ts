/**
 * @file The plan as the templates' one flat view: every number resolved, every word finished.
 */
import type { HardwarePlan } from '../plan/types.ts';
import { elementView, rebuildElement } from './element-view.ts';
import { feederView, passLines } from './pass-view.ts';
import { registers } from './registers.ts';
import type { View } from './render.ts';
import { weightView } from './weight-view.ts';

/** Facts about the design that are not the plan's: names and hashes. */
export interface DesignIdentity {
  readonly designName: string;
  readonly generator: string;
  readonly version: string;
  /** sha256 of the quantized model, hexadecimal. */
  readonly modelHash: string;
}

/** Build the view of all templates. */
export function designView(plan: HardwarePlan, identity: DesignIdentity): View {
  const { config, model, array, widths, operations, window } = plan;
  const last = operations[operations.length - 1];
  const [height, width, channels] = last.layer.outputShape;
  const [inHeight, inWidth, inChannels] = model.input.shape;
  const imageGroups = height * width * tileGroups(channels, last.tileChannels, config.lanes);
  return {
    ...config,
    ...widths,
    ...elementView(config),
    ...array,
    designName: identity.designName,
    generator: identity.generator,
    modelName: model.name,
    modelHash: identity.modelHash.slice(0, 16),
    rebuild: `adderforge generate ${model.name}.qmodel --rows ${config.rows} --cols ${config.cols} --lanes ${config.lanes} --block-pixels ${config.blockPixels}`,
    ...rebuildElement(config),
    versionHex: versionHex(identity.version),
    loadGap: plan.loadGap,
    turnGap: plan.turnGap,
    accGap: plan.accGap,
    poolLanes: plan.poolLanes,
    wordTiles: config.rows / plan.poolLanes,
    depthA: plan.depthA,
    depthB: plan.depthB,
    inputWords: plan.inputWords,
    ...weightView(plan),
    constWords: plan.memories.constants.words.length,
    ops: operations.length,
    descriptorWidth: plan.memories.operations.width,
    hasMax: operations.some(({ layer }) => layer.kind === 'maxPool') ? '1' : '0',
    hasResidual: operations.some(({ layer }) => layer.residual !== undefined) ? '1' : '0',
    outSigned: last.layer.outSigned ? '1' : '0',
    outSignNote: last.layer.outSigned ? ', sign-extended' : '',
    outWidth: last.layer.outWidth,
    outGroups: imageGroups,
    outDepth: 2 ** Math.ceil(Math.log2(2 * imageGroups)),
    outTailLanes: ((channels - 1) % config.lanes) + 1,
    outShape: `${height} x ${width} x ${channels}`,
    inShape: `${inHeight} x ${inWidth} x ${inChannels}`,
    inputMsb: widths.inputWidth - 1,
    ...feederView(plan),
    passes: passLines(plan),
    inHeight,
    inWidth,
    inChannels,
    inputModule: window === null ? 'an_input_plain' : 'an_input_window',
    windowKernelY: window?.kernelY ?? 1,
    windowKernelX: window?.kernelX ?? 1,
    windowStride: window?.stride ?? 1,
    windowPad: window?.pad ?? 0,
    windowPadCode: window?.padCode ?? 0,
    plannedCycles: plan.cyclesPerImage,
    fields: plan.fields.map((field) => ({
      ...field,
      range: `[${field.width - 1}:0]`,
      comment: `${field.name.padEnd(16)} ${field.comment}`,
    })),
    registers: registers.map(({ name, offset, access, description }) => ({
      line: `0x${offset.toString(16).padStart(2, '0')}  ${name.padEnd(12)} ${access}  ${description}`,
    })),
  };
}

/** Lane groups of a pixel: whole tiles, then the last one. */
function tileGroups(channels: number, tileChannels: number, lanes: number): number {
  const whole = Math.floor(channels / tileChannels);
  return (whole * tileChannels) / lanes + Math.ceil((channels - whole * tileChannels) / lanes);
}

/** `1.2.3` as `00010203`. */
function versionHex(version: string): string {
  const [major, minor, patch] = version.split('.').map(Number);
  return (major * 65536 + minor * 256 + patch).toString(16).padStart(8, '0');
}
