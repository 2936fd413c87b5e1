import { describe, expect, it } from 'vitest';
import { DEVICES, devicesOf, findDevice } from '../../src/report/devices.ts';
import { FAMILY_IDS } from '../../src/report/families.ts';
import { deviceUse, fitIssues } from '../../src/report/fit.ts';

const small = { lut: 5_200, ff: 4_160, carry: 100, dsp: 9, bram: 12.5 };

describe('deviceUse()', () => {
  it('gives percent of every resource when the design fits', () => {
    // xc7a35t: 5,200 / 20,800 = 25 %, 4,160 / 41,600 = 10 %, 9 / 90 = 10 %, 12.5 / 50 = 25 %.
    expect(deviceUse(small, findDevice('xc7a35t')!)).toEqual({
      lut: 25,
      ff: 10,
      dsp: 10,
      bram: 25,
      fits: true,
    });
  });

  it('gives no percentage when the device has none of a resource', () => {
    const use = deviceUse(small, findDevice('iCE40HX8K')!);
    expect(use.dsp).toBeNull();
    expect(use.fits).toBe(false);
  });
});

describe('fitIssues()', () => {
  it('says nothing when the design fits', () => {
    expect(fitIssues('net', small, findDevice('xc7a35t')!)).toEqual([]);
  });

  it('fills a device to the last block and no further', () => {
    const device = findDevice('xc7a35t')!;
    const full = { lut: 20_800, ff: 41_600, carry: 0, dsp: 90, bram: 50 };
    expect(fitIssues('net', full, device)).toEqual([]);
    expect(fitIssues('net', { ...full, bram: 50.5 }, device)).toHaveLength(1);
  });

  it('names both numbers and a larger device when there is too little', () => {
    const issues = fitIssues('net', { ...small, lut: 21_834, bram: 70 }, findDevice('xc7a35t')!);
    expect(issues.map(({ problem }) => problem)).toEqual([
      'Cannot fit "net" into xc7a35t: it needs 21,834 LUT, the device has 20,800',
      'Cannot fit "net" into xc7a35t: it needs 70 block RAM, the device has 50',
    ]);
    expect(issues[0]!.remedy).toMatch(/^Generate it with fewer rows or columns, or choose xc7z020/);
  });

  it('suggests no device when none of the family is large enough', () => {
    const [issue] = fitIssues('net', { ...small, dsp: 0, lut: 10_000 }, findDevice('iCE40HX8K')!);
    expect(issue!.remedy).not.toContain('choose');
  });
});

describe('DEVICES', () => {
  it('has a device of every family, each name once', () => {
    for (const family of FAMILY_IDS) expect(devicesOf(family)).not.toHaveLength(0);
    expect(new Set(DEVICES.map(({ name }) => name.toLowerCase())).size).toBe(DEVICES.length);
  });

  it('findDevice() finds a name in any case, and nothing else', () => {
    expect(findDevice('lfe5u-25f')?.lut).toBe(24_288);
    expect(findDevice('xc7')).toBeUndefined();
  });
});
