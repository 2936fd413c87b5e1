import { expect, test } from 'vitest';
import { chooseCode, encodeWeight } from '../../../generator/plan/weight-code.ts';

test('chooseCode() gives the short words to the two most frequent codes', () => {
  // 7 three times, 0 twice, 3 once.
  const rows = [Uint8Array.of(7, 0), Uint8Array.of(7, 3), Uint8Array.of(0, 7)];
  expect(chooseCode(rows, 3)).toEqual({ first: 7, second: 0, isPair: false });
});

test('chooseCode() takes the smaller of equally frequent codes first', () => {
  expect(chooseCode([Uint8Array.of(15, 0)], 4)).toEqual({ first: 0, second: 15, isPair: true });
});

test('chooseCode() names two codes where there is one', () => {
  expect(chooseCode([Uint8Array.of(2, 2)], 2)).toEqual({ first: 2, second: 0, isPair: true });
});

test('encodeWeight() writes 0, 10 and 11 with the code, lowest bit first', () => {
  const code = { first: 0, second: 15, isPair: false };
  expect(encodeWeight(0, code, 4)).toEqual([0]);
  expect(encodeWeight(15, code, 4)).toEqual([1, 0]);
  // 6 is 0110.
  expect(encodeWeight(6, code, 4)).toEqual([1, 1, 0, 1, 1, 0]);
  // 1 is 0001.
  expect(encodeWeight(1, code, 4)).toEqual([1, 1, 1, 0, 0, 0]);
});

test('encodeWeight() writes one bit where there are only two codes', () => {
  const code = { first: 0, second: 255, isPair: true };
  expect(encodeWeight(0, code, 8)).toEqual([0]);
  expect(encodeWeight(255, code, 8)).toEqual([1]);
});
