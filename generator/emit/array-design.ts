import type { HardwareConfig } from '../config.ts';
import { elementModules, elementView, rebuildElement } from './element-view.ts';
import type { DesignFile } from './emit.ts';
import { render } from './render.ts';

/** Widths of the codes that an array compares. */
export interface ArrayWidths {
  readonly actWidth: number;
  readonly weightWidth: number;
}

/** The array alone, without a network: `an_array` and what stands in it, leaves first. For measuring and proving. */
export function arrayDesign(config: HardwareConfig, widths: ArrayWidths): DesignFile[] {
  const view = {
    ...config,
    ...widths,
    ...elementView(config),
    operandWidth: Math.max(widths.actWidth, widths.weightWidth),
    designName: 'array',
    generator: 'adderforge',
    modelName: 'none',
    modelHash: '0',
    rebuild: 'adderforge measure-elements',
    ...rebuildElement(config),
  };
  return ['an_operands', ...elementModules(config)].map((module) => ({
    path: `${module}.sv`,
    text: render(module, view),
  }));
}
