/** @file Does a design fit a device: as percentages, and as issues with both numbers. */
import type { Issue } from '../issues.ts';
import { type Device, devicesOf } from './devices.ts';
import { FAMILIES, type FamilyId } from './families.ts';
import type { Resources } from './resources.ts';

const LIMITS = ['lut', 'ff', 'dsp', 'bram'] as const;
type Limit = (typeof LIMITS)[number];

const NAMES: Readonly<Record<Limit, string>> = {
  lut: 'LUT',
  ff: 'flip-flops',
  dsp: 'DSP',
  bram: 'block RAM',
};

/** Percent of a device's resources, one decimal; `null` where the design needs what the device has none of. */
export interface DeviceUse extends Readonly<Record<Limit, number | null>> {
  readonly fits: boolean;
}

/** Percent of every resource of a device. A netlist that fills it to the last LUT fits here and may not route. */
export function deviceUse(total: Resources, device: Device): DeviceUse {
  const percent = (key: Limit): number | null => {
    if (total[key] === 0) return 0;
    return device[key] === 0 ? null : Math.round((total[key] / device[key]) * 1000) / 10;
  };
  return {
    lut: percent('lut'),
    ff: percent('ff'),
    dsp: percent('dsp'),
    bram: percent('bram'),
    fits: LIMITS.every((key) => total[key] <= device[key]),
  };
}

/** `deviceUse` of every device of the family, by name. */
export function familyUse(family: FamilyId, total: Resources): Readonly<Record<string, DeviceUse>> {
  return Object.fromEntries(
    devicesOf(family).map((device) => [device.name, deviceUse(total, device)]),
  );
}

/** One issue for each resource of which the device has too little; none when the design fits. */
export function fitIssues(design: string, total: Resources, device: Device): readonly Issue[] {
  return LIMITS.filter((key) => total[key] > device[key]).map((key) => ({
    problem:
      `Cannot fit "${design}" into ${device.name}: it needs ${show(total[key])} ${NAMES[key]}` +
      `, the device has ${show(device[key])}`,
    remedy: remedyFor(key, total, device),
  }));
}

function remedyFor(key: Limit, total: Resources, device: Device): string {
  const larger = devicesOf(device.family).find((other) => deviceUse(total, other).fits);
  const choose = larger === undefined ? '' : `, or choose ${larger.name}, into which it fits`;
  const unit = key === 'ff' ? '' : ` (1 ${NAMES[key]} here: ${FAMILIES[device.family][key]})`;
  switch (key) {
    case 'lut':
    case 'ff':
      return `Generate it with fewer rows or columns${choose}${unit}`;
    case 'dsp':
      return `Generate it with fewer columns: each has a multiplier after it${choose}${unit}`;
    case 'bram':
      return `Use a smaller network or fewer weight bits: its weights lie in block RAM${choose}${unit}`;
    default:
      throw new Error(`internal: resource ${key satisfies never}`);
  }
}

function show(value: number): string {
  return value.toLocaleString('en-US');
}
