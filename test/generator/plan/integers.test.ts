import { expect, test } from 'vitest';
import { gcd, signedWidth, unsignedWidth } from '../../../generator/plan/integers.ts';

test('unsignedWidth() counts the bits of the largest value, at least one', () => {
  expect([0, 1, 2, 3, 4, 255, 256].map(unsignedWidth)).toEqual([1, 1, 2, 2, 3, 8, 9]);
});

test('signedWidth() holds both ends', () => {
  expect(signedWidth(0, 0)).toBe(2);
  expect(signedWidth(-128, 127)).toBe(8);
  expect(signedWidth(-129, 0)).toBe(9);
  expect(signedWidth(0, 128)).toBe(9);
});

test('gcd() finds the greatest common divisor', () => {
  expect(gcd(12, 18)).toBe(6);
  expect(gcd(3, 5)).toBe(1);
});
