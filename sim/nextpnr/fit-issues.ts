/** @file Does a netlist fit, by what nextpnr's log says of the device before it gives up. */
import { type Issue, throwIfAny } from '../../src/issues.ts';
import { ROUTABLE_DEVICES, type RoutableDevice } from '../../src/report/routable-devices.ts';

/** People's names of nextpnr's places. */
const PLACES: Readonly<Record<string, string>> = {
  ICESTORM_LC: 'logic cells',
  ICESTORM_RAM: 'block RAMs of 4 Kbit',
  ICESTORM_DSP: 'DSP blocks',
  TRELLIS_COMB: 'LUT4 sites',
  TRELLIS_SLICE: 'slices',
  TRELLIS_FF: 'flip-flops',
  DP16KD: 'block RAMs of 18 Kbit',
  MULT18X18D: '18x18 multipliers',
  TRELLIS_RAMW: 'distributed RAM cells',
};

/** Throw an issue for each place of which the device has too few; nothing when all fit. */
export function throwIfTooLarge(about: {
  readonly log: string;
  readonly device: RoutableDevice;
  readonly title: string;
}): void {
  const { log, device, title } = about;
  const issues = new Map<string, Issue>();
  for (const [, place, used, available] of log.matchAll(/(\w+):\s*(\d+)\/\s*(\d+)\s+\d+%/g)) {
    if (Number(used) <= Number(available)) continue;
    const show = (count = '') => Number(count).toLocaleString('en-US');
    issues.set(place!, {
      problem: `Cannot fit ${title} into ${device.part}: it needs ${show(used)} ${PLACES[place!] ?? place}, the device has ${show(available)}`,
      remedy: `${remedyFor(place!)}${largerDevice(device)}`,
    });
  }
  throwIfAny([...issues.values()]);
}

function remedyFor(place: string): string {
  // Weights and maps lie in block RAM, whatever the array's size.
  return /RAM|DP16KD/.test(place)
    ? 'Use a smaller network or fewer bits'
    : 'Generate it with fewer rows, columns or bits';
}

function largerDevice(device: RoutableDevice): string {
  const at = ROUTABLE_DEVICES.indexOf(device);
  const larger = ROUTABLE_DEVICES.slice(at + 1).filter(({ family }) => family !== 'ice40up');
  const names = larger.map(({ name }) => name).join(', ');
  return names === '' ? '' : `, or try --device ${names}`;
}
