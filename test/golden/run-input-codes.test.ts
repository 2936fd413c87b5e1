import { expect, it } from 'vitest';
import { inputCodes } from '../../src/golden/input-codes.ts';

it('inputCodes() reads each channel its own table when the image has two channels', () => {
  const codes = Uint8Array.from({ length: 512 }, (_, i) => (i < 256 ? 255 - i : i - 256));
  const input = { shape: [1, 2, 2], width: 8, zeroPoint: 0, codes } as const;
  // Channel 0 is inverted, channel 1 is kept.
  expect([...inputCodes({ input }, Uint8Array.of(0, 10, 250, 20))]).toEqual([255, 10, 5, 20]);
});
