/**
 * @file Devices that open tools place and route, and how nextpnr is told to take them.
 *
 * The package only decides where pins lie: a routed design has three of them (`sim/nextpnr/harness.ts`).
 */
import type { FamilyId } from './families.ts';

/** Which nextpnr: `nextpnr-ice40` or `nextpnr-ecp5`. */
export type NextpnrArch = 'ice40' | 'ecp5';

export interface RoutableDevice {
  /** What `--device` takes; `part` is accepted too. */
  readonly name: string;
  readonly part: string;
  readonly family: FamilyId;
  readonly arch: NextpnrArch;
  readonly package: string;
  /** Grade whose delays are used, where the family has several. */
  readonly speedGrade?: string;
  /** Arguments of nextpnr that choose all of the above. */
  readonly args: readonly string[];
}

const ice40 = (name: string, part: string, pins: string): RoutableDevice => ({
  name,
  part,
  family: name === 'up5k' ? 'ice40up' : 'ice40',
  arch: 'ice40',
  package: pins,
  args: [`--${name}`, '--package', pins],
});

const ecp5 = (size: string): RoutableDevice => ({
  name: `ecp5-${size}`,
  part: `LFE5U-${size}F`,
  family: 'ecp5',
  arch: 'ecp5',
  package: 'CABGA381',
  speedGrade: '6',
  args: [`--${size}k`, '--package', 'CABGA381', '--speed', '6', '--lpf-allow-unconstrained'],
});

/** Larger ones later in each architecture, but for the UltraPlus. */
export const ROUTABLE_DEVICES: readonly RoutableDevice[] = [
  ice40('hx1k', 'iCE40HX1K', 'tq144'),
  ice40('lp8k', 'iCE40LP8K', 'cm225'),
  ice40('hx8k', 'iCE40HX8K', 'ct256'),
  ice40('up5k', 'iCE40UP5K', 'sg48'),
  ecp5('25'),
  ecp5('45'),
  ecp5('85'),
];

/** The device of that short name or part name, in any case; `undefined` where the table has none. */
export function findRoutableDevice(text: string): RoutableDevice | undefined {
  const wanted = text.toLowerCase();
  return ROUTABLE_DEVICES.find(({ name, part }) => [name, part.toLowerCase()].includes(wanted));
}
