import { describe, expect, it } from 'vitest';
import { flagReader } from '../../src/cli/flags.ts';

describe('flagReader()', () => {
  it('reads numbers within their range', () => {
    const { integer, number, issues } = flagReader();
    expect(integer('--bits', { min: 4, max: 8 })('8')).toBe(8);
    expect(number('--stall', { min: 0, max: 1 })('0.25')).toBe(0.25);
    expect(issues).toEqual([]);
  });

  it.each(['3', '9', '6.5', 'eight', '', '0x8', '8 ', 'Infinity'])(
    'refuses "--bits %s" when 4 to 8 is asked for',
    (text) => {
      const { integer, issues } = flagReader();
      expect(integer('--bits', { min: 4, max: 8 })(text)).toBeUndefined();
      expect(issues).toEqual([
        {
          problem: `Cannot use "--bits ${text}": it must be a whole number from 4 to 8`,
          remedy: 'Give --bits a whole number from 4 to 8',
        },
      ]);
    },
  );

  it('collects every bad flag when several are bad', () => {
    const { integer, choice, choices, issues } = flagReader();
    integer('--rows', { min: 1, max: 64 })('0');
    choice('--dataset', ['mnist', 'cifar10'])('imagenet');
    expect(choices('--family', ['xc7', 'ecp5'])('xc7,max10, ecp5')).toEqual(['xc7', 'ecp5']);
    expect(issues.map(({ problem }) => problem)).toEqual([
      'Cannot use "--rows 0": it must be a whole number from 1 to 64',
      'Cannot use "--dataset imagenet": there is no "imagenet"',
      'Cannot use "--family max10": there is no "max10"',
    ]);
    expect(issues[2]?.remedy).toBe('Choose from xc7, ecp5');
  });
});
