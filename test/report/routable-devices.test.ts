import { describe, expect, it } from 'vitest';
import { findRoutableDevice, ROUTABLE_DEVICES } from '../../src/report/routable-devices.ts';

describe('findRoutableDevice()', () => {
  it.each([
    ['hx8k', 'iCE40HX8K', '--hx8k'],
    ['ICE40UP5K', 'iCE40UP5K', '--up5k'],
    ['lfe5u-45f', 'LFE5U-45F', '--45k'],
  ])('finds %s', (text, part, flag) => {
    const device = findRoutableDevice(text)!;
    expect(device.part).toBe(part);
    expect(device.args[0]).toBe(flag);
  });

  it('finds nothing when the name is of a device that nextpnr does not know', () => {
    expect(findRoutableDevice('xc7a35t')).toBeUndefined();
  });

  it('has names that are all different', () => {
    const names = ROUTABLE_DEVICES.flatMap(({ name, part }) => [name, part]);
    expect(new Set(names).size).toBe(names.length);
  });
});
