import type { HardwareConfig } from '../config.ts';
import {
  arrayLatency,
  arraySteps,
  type ElementConfig,
  type ElementForm,
  elementLead,
  sharesActSum,
} from '../element.ts';
import type { View } from './render.ts';

const formModule: Readonly<Record<ElementForm, string>> = {
  signed: 'an_pe_signed',
  'one-sided': 'an_pe_onesided',
  maximum: 'an_pe_maximum',
};

/** The element's module, then those that the array needs with it, and the array. */
export function elementModules(config: ElementConfig): [element: string, ...others: string[]] {
  return [formModule[config.element], ...(sharesActSum(config) ? ['an_act_sum'] : []), 'an_array'];
}

/** Element and array as the templates see them. */
export function elementView(config: HardwareConfig): View {
  const bit = (value: boolean): string => (value ? '1' : '0');
  return {
    elementModule: formModule[config.element],
    groups: arraySteps(config).groups,
    hasShadow: bit(config.shadowWeights),
    hasRegister: bit(config.registeredDifference),
    hasComplement: bit(config.complementedWeights),
    hasActSum: bit(sharesActSum(config)),
    hasTakeAway: bit(config.element === 'maximum'),
    elementLead: elementLead(config),
    arrayLatency: arrayLatency(config),
  };
}

/** The flags that choose this element, in two lines. */
export function rebuildElement(config: ElementConfig): View {
  const not = (value: boolean): string => (value ? '' : 'no-');
  return {
    rebuildElement: `--element ${config.element} --vector ${config.vectorRows} --act-span ${config.actSpan}`,
    rebuildFlags: [
      `--${not(config.shadowWeights)}shadow-weights`,
      `--${not(config.registeredDifference)}registered-difference`,
      `--${not(config.complementedWeights)}complemented-weights`,
    ].join(' '),
  };
}
